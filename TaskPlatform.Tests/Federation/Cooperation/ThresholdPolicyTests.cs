using TaskPlatform.Federation.Protocol.Cooperation;

namespace TaskPlatform.Tests.Federation.Cooperation;

/// <summary>When tasks move: docs/federation.md, "Cooperation".</summary>
public sealed class ThresholdPolicyTests
{
    private const long NowMs = 100_000;
    private const double NoFlip = 0.9;
    private const double Flip = 0.1;

    private static readonly ThresholdPolicy Policy = new(CooperationSettings.Recommended);

    [Theory]
    [InlineData(3, 0, 0)] // an agent is free
    [InlineData(4, 0, 3)]
    [InlineData(4, 48, 0)] // the mean, 6, is above
    [InlineData(5, 48, 0)]
    [InlineData(6, 48, 3)]
    [InlineData(4, -500, 3)] // noise below nought lowers nothing
    [InlineData(3, -500, 0)]
    public void Offer_FromThresholdOn_AsksThree(int load, double federationLoad, int peers)
        => Assert.Equal(peers, Policy.PeersToOffer(View(load, federationLoad: federationLoad)));

    [Theory]
    [InlineData(3, NoFlip, true)]
    [InlineData(4, NoFlip, false)]
    [InlineData(3, Flip, false)]
    [InlineData(4, Flip, true)]
    public void Take_BelowThreshold_IsYesUnlessTurnedRound(int load, double draw, bool takes)
    {
        var answer = Policy.Takes(View(load), draw);

        Assert.Equal(new Answer(takes, Math.Log(3)), answer);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 3)]
    [InlineData(4, 0)]
    [InlineData(9, 0)]
    public void Ask_WithAFreeAgent_AsksThree(int load, int peers) => Assert.Equal(peers, Policy.PeersToAsk(View(load)));

    [Theory]
    [InlineData(0, 0.99, false)]
    [InlineData(0, 0.0, false)] // none is given that is not there
    [InlineData(1, 0.25, true)]
    [InlineData(1, 0.24, false)]
    public void Give_WithAWaitingTask_IsWithheldAQuarterOfTheTime(int givable, double draw, bool gives)
        => Assert.Equal(new Answer(gives, Math.Log(4)), Policy.Gives(View(9, givable), draw));

    [Theory]
    [InlineData(20_000, true)]
    [InlineData(20_001, false)]
    public void Cooperate_WithFiguresOlderThanFourPeriods_StaysLocal(long ageMs, bool cooperates)
    {
        var busy = View(9, givable: 5, atMs: NowMs - ageMs);
        var idle = View(0, atMs: NowMs - ageMs);

        Assert.Equal(cooperates, Policy.PeersToOffer(busy) > 0);
        Assert.Equal(cooperates, Policy.PeersToAsk(idle) > 0);
        Assert.Equal(cooperates, Policy.Takes(idle, NoFlip) != Answer.Refusal);
        Assert.Equal(cooperates, Policy.Gives(busy, NoFlip) != Answer.Refusal);
    }

    [Fact]
    public void Cooperate_BeforeTheFirstFigures_StaysLocal()
    {
        var view = View(9, givable: 5) with { Federation = null };

        Assert.Equal(0, Policy.PeersToOffer(view));
        Assert.Equal(Answer.Refusal, Policy.Takes(view with { Load = 0 }, Flip));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(0)]
    public void Answer_OverManyDraws_CostsWhatItSays(int load)
    {
        // What a peer sees of a node below its threshold and of one above differs by a factor of three at most, either way; of an empty and a full queue by one of four.
        var draws = Enumerable.Range(0, 1_000).Select(draw => draw / 1_000.0).ToArray();
        var yes = draws.Count(draw => Policy.Takes(View(load), draw).IsYes) / 1_000.0;
        var otherYes = draws.Count(draw => Policy.Takes(View(9 - load), draw).IsYes) / 1_000.0;
        var noWithTask = draws.Count(draw => !Policy.Gives(View(9, givable: 1), draw).IsYes) / 1_000.0;

        Assert.Equal(Policy.Takes(View(load), 0).Epsilon, Math.Log(Math.Max(yes / otherYes, otherYes / yes)), 9);
        Assert.Equal(Policy.Gives(View(9, givable: 1), 0).Epsilon, Math.Log(1 / noWithTask), 9);
    }

    private static NodeView View(int load, int givable = 0, double federationLoad = 0, long atMs = NowMs) => new(4, load, givable, new FederationLoad(federationLoad, 8, atMs), NowMs);
}
