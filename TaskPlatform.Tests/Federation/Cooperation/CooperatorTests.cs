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
        const int Steps = 84; // a multiple of 7, 6 and 5, and of what fewer peers need
        var wanted = Math.Min(3, peers);
        var counts = new int[wanted, peers];
        foreach (var draws in Grid(Steps))
        {
            Span<int> chosen = stackalloc int[3];
            Assert.Equal(wanted, PeerChoice.Choose(peers, draws, chosen));
            Assert.Equal(wanted, chosen[..wanted].ToArray().Distinct().Count());
            for (var place = 0; place < wanted; place++) counts[place, chosen[place]]++;
        }

        // Thirds, fifths and the like fall between the steps of the grid.
        Assert.All(counts.Cast<int>(), count => Assert.InRange((double)count * peers / (Steps * Steps * Steps), 0.95, 1.05));
    }

    private static IEnumerable<double[]> Grid(int steps) =>
        from first in Enumerable.Range(0, steps)
        from second in Enumerable.Range(0, steps)
        from third in Enumerable.Range(0, steps)
        select new[] { (first + 0.5) / steps, (second + 0.5) / steps, (third + 0.5) / steps };

    private static Cooperator Create(ProbeLedger ledger)
        => new(new ThresholdPolicy(CooperationSettings.Recommended), new ProbeRate(10, 2), ledger, 0);

    private static NodeView Idle(long nowMs) => new(4, 0, 0, new FederationLoad(0, 8, nowMs), nowMs);
}
