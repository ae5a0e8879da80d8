using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>
/// Exactly the right sum, or a clean abort, whoever is lost when. Six nodes, each lost at one of the five stages or never: 6⁶ = 46,656 patterns. Nodes differ in
/// their names only, which decide the signs of masks and nothing else, so normally one pattern of each of the 462 multisets is run, its stages dealt to the
/// nodes at random; <c>TASKPLATFORM_LONG=1</c> runs all. Both suites, and thresholds of five and of four.
/// </summary>
public sealed class DropoutTests
{
    private const int Nodes = 6;
    private const int Never = 5;
    private const int Seed = 20_261;

    private static readonly RoundRules Lenient = new() { MinimumCohort = 3, CorruptShare = 0, DropShare = 0.5 };

    [Fact]
    public void Finish_EveryMultisetOfLosses_GivesTheSumOrAborts()
    {
        var random = new Random(Seed);
        var patterns = Patterns().Where(pattern => pattern.SequenceEqual(pattern.Order())).Select(pattern => pattern.OrderBy(_ => random.Next()).ToArray()).ToList();
        Assert.Equal(462, patterns.Count);

        Run(patterns, CipherSuites.X25519, Lenient, expectedSums: 21);
        Run(patterns, CipherSuites.P256, new RoundRules(), expectedSums: 3);
    }

    [LongFact]
    public void Finish_EveryPatternOfLosses_GivesTheSumOrAborts() => Run(Patterns(), CipherSuites.X25519, Lenient, expectedSums: 406);

    [LongFact]
    public void Finish_EveryPatternOfLossesWithTheUsualRules_GivesTheSumOrAborts() => Run(Patterns(), CipherSuites.P256, new RoundRules(), expectedSums: 13);

    private static void Run(IEnumerable<int[]> patterns, ICipherSuite suite, RoundRules rules, int expectedSums)
    {
        using var rig = new RoundRig(Nodes, suite, lanes: 5, rules: rules);
        ulong round = 0;
        var sums = 0;
        foreach (var lostAt in patterns)
        {
            using var run = rig.Start(rig.Figures((int)++round), round).Finish(lostAt);
            if (Check(run, rig.Terms.Graph, lostAt)) sums++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{round} patterns, {sums} sums");
        Assert.Equal(expectedSums, sums);
    }

    /// <summary>A sum there must be exactly when enough nodes are left at every stage.</summary>
    private static bool Check(RoundRun run, GraphParameters graph, int[] lostAt)
    {
        var pattern = string.Join(' ', lostAt);
        var enough = Enumerable.Range(0, 5).All(stage => lostAt.Count(lost => lost > stage) >= (stage < 3 ? graph.Cohort : graph.Threshold));
        Assert.Empty(run.NodeAborts);
        if (!enough)
        {
            Assert.True(run.Aggregator.Abort?.Reason == AbortReason.CohortTooSmall, pattern);
            Assert.Null(run.Aggregator.Sum);
            return false;
        }
        Assert.True(run.Aggregator.Sum is not null, pattern);
        Assert.True(run.ExpectedSum(node => lostAt[node] > 2).SequenceEqual(run.Aggregator.Sum.Lanes), $"A wrong sum: {pattern}");
        Assert.Equal(lostAt.Index().Where(node => node.Item > 2).Select(node => RoundRig.NameOf(node.Index)), run.Aggregator.Sum.Nodes);
        return true;
    }

    private static IEnumerable<int[]> Patterns() =>
        Enumerable.Range(0, (int)Math.Pow(Never + 1, Nodes)).Select(number => Enumerable.Range(0, Nodes).Select(node => number / (int)Math.Pow(Never + 1, node) % (Never + 1)).ToArray());
}
