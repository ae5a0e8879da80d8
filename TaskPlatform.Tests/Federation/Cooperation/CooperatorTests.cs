using TaskPlatform.Federation.Protocol.Cooperation;

namespace TaskPlatform.Tests.Federation.Cooperation;

/// <summary>What a node may ask, and what its answers may tell.</summary>
public sealed class CooperatorTests
{
    private const double NoFlip = 0.9;

    private static readonly double LnThree = Math.Log(3);

    [Fact]
    public void Ask_BeyondTheRate_IsNotSent()
    {
        var cooperator = Create(new ProbeLedger(ProbeBudget.Default));

        Assert.Equal([true, true, false], [cooperator.MayAsk(0), cooperator.MayAsk(0), cooperator.MayAsk(99)]);
        Assert.Equal([true, false], [cooperator.MayAsk(100), cooperator.MayAsk(100)]);
        // Long quiet, and still no more than a burst.
        Assert.Equal([true, true, false], [cooperator.MayAsk(60_000), cooperator.MayAsk(60_000), cooperator.MayAsk(60_000)]);
    }

    [Fact]
    public void Answer_BeyondThePeersRate_IsNoAndCostsNothing()
    {
        var ledger = new ProbeLedger(new ProbeBudget(new ProbeRate(10, 2), 1_000, 86_400_000));
        var cooperator = Create(ledger);

        var answers = Enumerable.Range(0, 4).Select(_ => cooperator.TakesFrom("one", Idle(0), NoFlip)).ToArray();

        Assert.Equal([true, true, false, false], answers);
        Assert.Equal(2 * LnThree, ledger.Spent("one"), 9);
        Assert.True(cooperator.TakesFrom("two", Idle(0), NoFlip));
    }

    [Fact]
    public void Answer_BeyondThePeersBudget_IsNoUntilTheNextWindow()
    {
        var ledger = new ProbeLedger(new ProbeBudget(new ProbeRate(1_000, 1_000), 3 * LnThree, 10_000));
        var cooperator = Create(ledger);

        var answers = new[] { 0, 1, 2, 3, 9_999, 10_000 }.Select(at => cooperator.TakesFrom("one", Idle(at), NoFlip)).ToArray();

        Assert.Equal([true, true, true, false, false, true], answers);
        Assert.Equal(LnThree, ledger.Spent("one"), 9);
    }

    [Fact]
    public void Answer_OfAPolicyThatLooksAtNothing_IsNotDebited()
    {
        var ledger = new ProbeLedger(ProbeBudget.Default);
        var cooperator = new Cooperator(new LocalPolicy(), new ProbeRate(10, 2), ledger, 0);

        Assert.False(cooperator.TakesFrom("one", Idle(0), NoFlip));
        Assert.False(cooperator.GivesTo("one", Idle(0), NoFlip));
        Assert.Equal(0, ledger.Spent("one"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Choose_ThreeOfPeers_AllEquallyOftenInEveryPlace(int peers)
    {
        var wanted = Math.Min(3, peers);
        var counts = new int[wanted, peers];
        var chosen = new int[3];
        foreach (var draws in Grid(peers))
        {
            Assert.Equal(wanted, PeerChoice.Choose(peers, draws, chosen));
            Assert.True(chosen.Take(wanted).Distinct().Count() == wanted);
            for (var place = 0; place < wanted; place++) counts[place, chosen[place]]++;
        }

        Assert.All(counts.Cast<int>(), count => Assert.Equal(Grid(peers).Count(), count * peers));
    }

    /// <summary>One draw for each choice among all, among those left, and among those left then.</summary>
    private static IEnumerable<double[]> Grid(int peers) =>
        from first in Even(peers)
        from second in Even(peers - 1)
        from third in Even(peers - 2)
        select new[] { first, second, third };

    private static IEnumerable<double> Even(int steps) => Enumerable.Range(0, Math.Max(1, steps)).Select(step => (step + 0.5) / Math.Max(1, steps));

    private static Cooperator Create(ProbeLedger ledger)
        => new(new ThresholdPolicy(CooperationSettings.Recommended), new ProbeRate(10, 2), ledger, 0);

    private static NodeView Idle(long nowMs) => new(4, 0, 0, new FederationLoad(0, 8, nowMs), nowMs);
}
