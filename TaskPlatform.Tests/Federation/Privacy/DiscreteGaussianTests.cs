using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Privacy;

namespace TaskPlatform.Tests.Federation.Privacy;

/// <summary>
/// The sampler against its distribution, as OpenDP does: 120,000 samples, and six standard deviations to both sides, so that a right one fails once in a million times or so.
/// </summary>
public sealed class DiscreteGaussianTests
{
    private const int Samples = 120_000;
    private const double Sigmas = 6;

    // Fewer than so many expected are counted together with those further out.
    private const double LeastExpected = 20;

    [Theory]
    [InlineData(36, 1)]
    [InlineData(144, 1)]
    [InlineData(144, 5)]
    [InlineData(7, 3)]
    [InlineData(1, 4)]
    [InlineData(1_000_000, 1)]
    public void Sample_ManyTimes_FollowsTheDistribution(ulong numerator, ulong denominator)
    {
        var variance = new NoiseVariance(numerator, denominator);
        var samples = Draw(variance);

        Assert.InRange(ChiSquareSigmas(samples, variance.Sigma), -Sigmas, Sigmas);
        Assert.InRange(samples.Count(sample => sample > 0) - samples.Count(sample => sample < 0), -Sigmas * Math.Sqrt(Samples), Sigmas * Math.Sqrt(Samples));
        foreach (var far in (int[])[2, 3, 4]) AssertTail(samples, variance.Sigma, far);
    }

    [Fact]
    public void Sample_WithAVarianceTooLargeByATwelfth_IsCaught()
        => Assert.True(ChiSquareSigmas(Draw(new NoiseVariance(39, 1)), 6) > Sigmas);

    [Fact]
    public void Sum_OfAllHonestShares_HasTheCentralVariance()
    {
        var share = NoiseVariance.Central.Share(4);
        var sampler = Sampler(share);
        var sums = Enumerable.Range(0, Samples).Select(_ => sampler.Next() + sampler.Next() + sampler.Next() + sampler.Next()).ToArray();

        Assert.Equal(6, share.Sigma);
        // A sum of discrete Gaussians is one but for less than 1e-15.
        Assert.InRange(ChiSquareSigmas(sums, NoiseVariance.Central.Sigma), -Sigmas, Sigmas);
    }

    [Theory]
    [InlineData(0, 7)]
    [InlineData(1, 3)]
    [InlineData(1, 1)]
    [InlineData(17, 4)]
    public void BernoulliExp_ManyTimes_IsTrueAsOftenAsExpSays(int numerator, int denominator)
    {
        var draws = new RandomDraws(RandomNumberGenerator.Create());
        var expected = Math.Exp(-(double)numerator / denominator);

        var found = Enumerable.Range(0, Samples).Count(_ => draws.BernoulliExp((UInt128)numerator, (UInt128)denominator));

        Assert.InRange(found - Samples * expected, -Deviation(expected), Deviation(expected));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(256)]
    [InlineData(1000)]
    public void Below_ABound_EachAsOften(int bound)
    {
        var draws = new RandomDraws(RandomNumberGenerator.Create());
        var counts = new int[bound];

        for (var sample = 0; sample < Samples; sample++) counts[(int)draws.Below((UInt128)bound)]++;

        Assert.All(counts, count => Assert.InRange(count - (double)Samples / bound, -Deviation(1.0 / bound), Deviation(1.0 / bound)));
    }

    [Fact]
    public void Below_ABoundBeyondSixtyFourBits_UsesAllOfThem()
    {
        var draws = new RandomDraws(RandomNumberGenerator.Create());
        var bound = UInt128.MaxValue / 3 * 2;

        var upper = Enumerable.Range(0, Samples).Count(_ => draws.Below(bound) >= bound / 2);

        Assert.InRange(upper - Samples / 2.0, -Deviation(0.5), Deviation(0.5));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData((1UL << 32) + 1, 1)]
    [InlineData(1, (1UL << 16) + 1)]
    public void Create_OutOfRange_IsRefused(ulong numerator, ulong denominator)
        => Assert.Throws<ArgumentOutOfRangeException>(() => Sampler(new NoiseVariance(numerator, denominator)));

    private static DiscreteGaussian Sampler(NoiseVariance variance) => new(variance, new RandomDraws(RandomNumberGenerator.Create()));

    private static long[] Draw(NoiseVariance variance)
    {
        var sampler = Sampler(variance);
        return [.. Enumerable.Range(0, Samples).Select(_ => sampler.Next())];
    }

    private static void AssertTail(long[] samples, double sigma, int far)
    {
        var expected = 1 - Probabilities(sigma, (int)Math.Ceiling(far * sigma) - 1).Sum();
        Assert.InRange(samples.Count(sample => Math.Abs(sample) >= far * sigma) - Samples * expected, -Deviation(expected), Deviation(expected));
    }

    /// <summary>How many standard deviations χ² is above what it should be.</summary>
    private static double ChiSquareSigmas(long[] samples, double sigma)
    {
        // Wide distributions are counted in bins.
        var width = Math.Max(1, (int)(sigma / 8));
        var reach = (int)Math.Ceiling(10 * sigma) + width;
        var counts = samples.GroupBy(sample => Bin(sample, width)).ToDictionary(group => group.Key, group => (double)group.Count());
        var expected = Probabilities(sigma, reach).Select((probability, index) => (Bin: Bin(index - reach, width), Samples * probability))
            .GroupBy(entry => entry.Bin).ToDictionary(group => group.Key, group => group.Sum(entry => entry.Item2));
        var near = expected.Where(bin => bin.Value >= LeastExpected).ToArray();
        var chiSquare = near.Sum(bin => Squared(counts.GetValueOrDefault(bin.Key), bin.Value));
        var (farFound, farExpected) = (Samples - near.Sum(bin => counts.GetValueOrDefault(bin.Key)), Samples - near.Sum(bin => bin.Value));
        if (farExpected >= 1) chiSquare += Squared(farFound, farExpected);
        var freedom = near.Length;
        return (chiSquare - freedom) / Math.Sqrt(2 * freedom);
    }

    private static double Squared(double found, double expected) => (found - expected) * (found - expected) / expected;

    private static long Bin(long value, int width) => (long)Math.Floor((double)value / width);

    /// <summary>From −<paramref name="reach"/> to <paramref name="reach"/>.</summary>
    private static double[] Probabilities(double sigma, int reach)
    {
        var all = Enumerable.Range(0, (int)(12 * sigma) + 30).Sum(value => (value == 0 ? 1 : 2) * Density(value, sigma));
        return [.. Enumerable.Range(-reach, 2 * reach + 1).Select(value => Density(value, sigma) / all)];
    }

    private static double Density(int value, double sigma) => Math.Exp(-(double)value * value / (2 * sigma * sigma));

    private static double Deviation(double probability) => Sigmas * Math.Sqrt(Samples * probability * (1 - probability)) + 1;
}
