using TaskPlatform.Federation.Protocol.Cooperation;

namespace TaskPlatform.Tests.Federation.Cooperation;

/// <summary>The rule of ADR-010, as it is read here.</summary>
public sealed class SeedPolicyTests
{
    private static readonly SeedPolicy Policy = new(CooperationSettings.Recommended);

    [Theory]
    [InlineData(40, 0.5, 0)]
    [InlineData(41, 0.8, 1)]
    [InlineData(0, 0.5, 0)]
    public void Threshold_AboveFortyPercentOfTheLoad_IsHigherAndTasksAreOffered(int load, double threshold, int offers)
    {
        var view = View(load);

        Assert.Equal(threshold, SeedPolicy.Threshold(view));
        Assert.Equal(offers, Policy.PeersToOffer(view));
        Assert.True(Policy.Takes(view, threshold).IsYes);
        Assert.False(Policy.Takes(view, threshold - 0.001).IsYes);
    }

    [Fact]
    public void Rule_WithoutFigures_KeepsAndRefuses()
    {
        var old = View(100) with { NowMs = 20_001 };

        Assert.Equal(0, Policy.PeersToOffer(old));
        Assert.Equal(Answer.Refusal, Policy.Takes(old, 0.99));
    }

    private static NodeView View(int load) => new(4, load, 0, new FederationLoad(100, 8, 0), 0);
}
