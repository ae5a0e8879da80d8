using TaskPlatform.Federation.Protocol.Privacy;

namespace TaskPlatform.Tests.Federation.Privacy;

/// <summary>What noise costs, and in which words it is said.</summary>
public sealed class PrivacyLossTests
{
    [Fact]
    public void Life_WithCentralNoise_CostsEpsilonOne()
    {
        var loss = PrivacyLoss.Of(PrivacyLoss.LifeSquared, NoiseVariance.Central);

        Assert.Equal(7, PrivacyLoss.LifeSquared);
        Assert.Equal(24_305_556, loss.NanoRho); // 7 / 288, rounded up
        Assert.Equal(1.00, loss.At(PrivacyClaim.UsualDelta).Epsilon, 0.005);
        Assert.Equal(loss.NanoRho, (PrivacyLoss.Of(2, NoiseVariance.Central) + PrivacyLoss.Of(2, NoiseVariance.Central) + PrivacyLoss.Of(3, NoiseVariance.Central)).NanoRho, 2.0);
    }

    // Minimised over a grid of 74,000 orders by another program.
    [Theory]
    [InlineData(24_305_556, 1e-6, 0.9989)]
    [InlineData(24_305_556, 1e-9, 1.2882)]
    [InlineData(500_000_000, 1e-6, 5.2215)]
    [InlineData(100_000_000, 1e-5, 1.9142)]
    [InlineData(1_000_000_000, 1e-6, 7.7662)]
    [InlineData(60_000_000_000, 1e-6, 115.6335)] // a day of releases each five seconds without the cap
    [InlineData(100_000, 1e-6, 0.0537)]
    [InlineData(97_222_223, 1e-6, 2.1094)]
    public void At_ADelta_IsTheTightConversion(long nanoRho, double delta, double epsilon)
    {
        var loss = new PrivacyLoss(nanoRho);

        Assert.Equal(epsilon, loss.At(delta).Epsilon, 0.0005);
        Assert.True(loss.At(delta).Epsilon < loss.Rho + 2 * Math.Sqrt(loss.Rho * Math.Log(1 / delta)));
    }

    [Fact]
    public void At_NoLoss_IsNought() => Assert.Equal(new PrivacyClaim(0, 1e-6), default(PrivacyLoss).At(1e-6));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void At_ADeltaOutOfRange_IsRefused(double delta) => Assert.Throws<ArgumentOutOfRangeException>(() => new PrivacyLoss(1).At(delta));

    [Fact]
    public void Group_OfTasks_CostsTheirNumberSquared() => Assert.Equal(new PrivacyLoss(900), new PrivacyLoss(100).OfGroup(3));

    [Theory]
    [InlineData(47, 12, null)]
    [InlineData(48, 12, 0.5)]
    [InlineData(0, 0, null)]
    [InlineData(-50, 1, null)]
    public void Rate_OfASmallNoisyCount_IsSuppressed(long count, double sigma, double? rate) => Assert.Equal(rate, RateSuppression.Rate(count / 2, count, sigma));

    [Theory]
    [InlineData(-20, 0.0)]
    [InlineData(120, 1.0)]
    public void Rate_BeyondWhatRatesCanBe_IsCut(long part, double rate) => Assert.Equal(rate, RateSuppression.Rate(part, 100, 12));
}
