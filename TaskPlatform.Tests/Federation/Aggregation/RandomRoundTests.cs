using System.Globalization;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>
/// Rounds of up to 64 nodes, complete and on rings, with random losses at random stages. A round's seed decides everything but keys.
/// <c>TASKPLATFORM_AGGREGATION_ROUNDS</c> says how many (25), <c>TASKPLATFORM_AGGREGATION_SEED</c> the first seed (1).
/// </summary>
public sealed class RandomRoundTests
{
    [Fact]
    public void Finish_RandomRounds_GiveTheSumOrAbort()
    {
        var firstSeed = Number("TASKPLATFORM_AGGREGATION_SEED", 1);
        var rounds = Number("TASKPLATFORM_AGGREGATION_ROUNDS", 25);
        int sums = 0, rings = 0, aborts = 0;
        for (var seed = firstSeed; seed < firstSeed + rounds; seed++)
        {
            var (done, ring) = RunOne(seed);
            if (done) sums++;
            else aborts++;
            if (ring) rings++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{sums} sums, {aborts} aborts, {rings} rings");
        Assert.True(rounds < 25 || (sums > rounds / 4 && aborts > rounds / 20 && rings > rounds / 50), $"{sums} sums, {aborts} aborts, {rings} rings: too few of one kind.");
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static (bool Done, bool Ring) RunOne(int seed)
    {
        var random = new Random(seed);

        // A round costs the square of its nodes: most are small.
        var nodes = (int)Math.Round(6 * Math.Pow(64.0 / 6, Math.Pow(random.NextDouble(), 2)));
        var rules = random.Next(3) == 0 && nodes >= 24
            ? new RoundRules { CompleteUpTo = 23 }
            : new RoundRules { MinimumCohort = 3, CorruptShare = random.NextDouble() * 0.2, DropShare = 0.1 + random.NextDouble() * 0.3 };
        using var rig = new RoundRig(nodes, random.Next(8) == 0 ? CipherSuites.P256 : CipherSuites.X25519, lanes: 1 + random.Next(40), rules: rules);
        var lossy = random.NextDouble() * 0.3;
        var lostAt = Enumerable.Range(0, nodes).Select(_ => random.NextDouble() < lossy ? random.Next(5) : 5).ToArray();

        using var run = rig.Start(rig.Figures(seed, below: 1 << 20)).Finish(lostAt);

        if (run.Aggregator.Sum is { } sum)
        {
            // On a ring a node may itself see too few of its holders left; it then is one more lost.
            var survivors = sum.Nodes.Select(rig.Roster.IndexOf).ToHashSet();
            Assert.True(survivors.All(node => lostAt[node] > 2), $"Seed {seed}: a lost node is in the sum.");
            Assert.True(rig.Terms.Graph.IsComplete ? survivors.Count == lostAt.Count(lost => lost > 2) : survivors.Count >= rig.Terms.Graph.Cohort, $"Seed {seed}: a node is missing.");
            Assert.True(run.ExpectedSum(survivors.Contains).SequenceEqual(sum.Lanes), $"Seed {seed}: a wrong sum.");
        }
        else
        {
            Assert.True(run.Aggregator.Abort!.Reason is AbortReason.CohortTooSmall or AbortReason.TooFewShares, $"Seed {seed}: {run.Aggregator.Abort}");
            Assert.True(lostAt.Any(lost => lost < 5), $"Seed {seed}: nobody was lost, and yet: {run.Aggregator.Abort}");
        }
        return (run.Aggregator.Sum is not null, !rig.Terms.Graph.IsComplete);
    }
}
