using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Privacy;

namespace TaskPlatform.Tests.Federation.Privacy;

/// <summary>
/// Whether samples contradict the claim ε = 1 at δ = 10⁻⁶: the best attack on a task's whole life adds up the seven numbers in which it may be counted. It must not find more than is claimed, and must
/// find it where the noise is too small or drawn with floating point.
/// </summary>
public sealed class EmpiricalEpsilonTests
{
    private const double Delta = PrivacyClaim.UsualDelta;

    private static readonly double Claimed = PrivacyLoss.Of(PrivacyLoss.LifeSquared, NoiseVariance.Central).At(Delta).Epsilon;

    [Fact]
    public void Attack_OnManyLives_FindsNoMoreThanIsClaimed() => AssertHolds(samples: 600_000, powerOf: 6);

    [LongFact]
    public void Attack_OnTenMillionLives_FindsNoMoreThanIsClaimed() => AssertHolds(samples: 10_000_000, powerOf: 3);

    [Fact]
    public void Attack_OnHalfTheNoise_FindsMoreThanIsClaimed()
    {
        var half = new NoiseVariance(NoiseVariance.Central.Numerator, 4);

        Assert.InRange(Attack(half, 2_000_000), 1.05 * Claimed, PrivacyLoss.Of(PrivacyLoss.LifeSquared, half).At(Delta).Epsilon);
    }

    [Fact]
    public void Attack_OnFloatingPointNoise_FindsItByItsLastBits()
    {
        // Near nought a double has bits that 1 + noise has lost: whoever sees them knows that the task was not there. Laplace noise of "ε = 0.1".
        const int Samples = 100_000;
        var random = new Random(1);
        int Hits(double value) => Enumerable.Range(0, Samples).Count(_ => IsFine(value + 10 * (random.Next(2) * 2 - 1) * Math.Log(1 - random.NextDouble())));

        Assert.True(EmpiricalEpsilon.LowerBound(Hits(0), Samples, Hits(1), Samples, 0) > 1);
    }

    [Theory]
    [InlineData(0, 100, 0, 0.0362)]
    [InlineData(5, 100, 0.0164, 0.1128)]
    [InlineData(50, 100, 0.3983, 0.6017)]
    [InlineData(100, 100, 0.9638, 1)]
    public void Interval_OfAShare_IsThatOfClopperAndPearson(int hits, int samples, double least, double most)
    {
        Assert.Equal(least, EmpiricalEpsilon.AtLeast(hits, samples), 4);
        Assert.Equal(most, EmpiricalEpsilon.AtMost(hits, samples), 4);
    }

    /// <param name="samples">Lives.</param>
    /// <param name="powerOf">The attack must find this part of what is claimed: with few lives chance takes more off its bound, which is one of 95 %.</param>
    private static void AssertHolds(int samples, int powerOf)
    {
        var found = Attack(NoiseVariance.Central, samples);

        TestContext.Current.TestOutputHelper?.WriteLine($"ε is at least {found:0.000}; claimed is {Claimed:0.000}.");
        // An attack that finds nothing would prove nothing.
        Assert.InRange(found, Claimed / powerOf, Claimed);
    }

    private static double Attack(NoiseVariance variance, int samples)
    {
        // The sum of seven numbers' noise is a discrete Gaussian of seven times the variance, but for less than 1e-15: drawn at once.
        var noise = new DiscreteGaussian(variance with { Numerator = PrivacyLoss.LifeSquared * variance.Numerator }, new RandomDraws(RandomNumberGenerator.Create()));
        long[] Lives(int counted) => [.. Enumerable.Range(0, samples).Select(_ => PrivacyLoss.LifeSquared * counted + noise.Next())];
        return EmpiricalEpsilon.LowerBound(Lives(1), Lives(0), Delta);
    }

    private static bool IsFine(double value) => value is > 0 and < 0.25 && value * Math.Pow(2, 53) % 1 != 0;
}
