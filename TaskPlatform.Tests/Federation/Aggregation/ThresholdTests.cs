using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Schema;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>What the rules come to, against the published figures.</summary>
public sealed class ThresholdTests
{
    [Theory]
    [InlineData(8, 6, 4)]
    [InlineData(6, 5, 5)]
    [InlineData(16, 12, 8)]
    [InlineData(100, 75, 50)]
    public void For_CompleteGraph_AllowsForAQuarterColludingAndAQuarterLost(int nodes, int threshold, int honest)
    {
        var graph = new RoundRules().For(nodes);

        Assert.True(graph.IsComplete);
        Assert.Equal((nodes - 1, threshold, Math.Max(threshold, 6), honest), (graph.Degree, graph.Threshold, graph.Cohort, graph.HonestSurvivors));
        Assert.True(2 * graph.Threshold > nodes + nodes / 4, "Colluders could open both secrets of a node.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Create_RosterBelowTheMinimumCohort_IsRefused(int nodes) => Assert.Throws<ArgumentException>(() => new RoundRig(nodes));

    /// <summary>The values of fcp's own test, graph_parameter_finder_test.cc, for a server that is malicious after the keys.</summary>
    [Theory]
    [InlineData(1000, 0.05, 0.05, 52, 37)]
    [InlineData(10_000, 0.05, 0.05, 62, 44)]
    [InlineData(100, 0.3, 0.3, 92, 62)]
    [InlineData(1000, 0.3, 0.3, 872, 584)]
    [InlineData(10_000, 0.3, 0.3, 4822, 3230)]
    [InlineData(10, 0.05, 0.33, 8, 5)]
    [InlineData(100, 0.05, 0.33, 72, 39)]
    [InlineData(1000, 0.05, 0.33, 398, 223)]
    [InlineData(10_000, 0.05, 0.33, 746, 420)]
    [InlineData(10, 0.33, 0.05, 4, 4)]
    [InlineData(100, 0.33, 0.05, 42, 37)]
    [InlineData(1000, 0.33, 0.05, 132, 109)]
    [InlineData(10_000, 0.33, 0.05, 178, 146)]
    public void Find_PublishedCases_GivesTheirDegreeAndNoHigherThreshold(int nodes, double corrupt, double drop, int degree, int threshold)
    {
        var found = HararyParameters.Find(nodes, corrupt, drop);

        Assert.Equal(degree, found?.Degree);
        Assert.InRange(found!.Value.Threshold, degree / 2, threshold);
    }

    [Fact]
    public void For_ThousandNodes_TakesTheRing()
    {
        var graph = new RoundRules().For(1000);

        Assert.Equal((52, 37), (graph.Degree, graph.Threshold));
        Assert.Equal(712, graph.Cohort);
    }

    [Fact]
    public void Create_SumsThatDoNotFitALane_AreRefused()
    {
        using var rig = new RoundRig(8);
        const uint largest = int.MaxValue / 8;

        RoundTerms.Create(RoundRig.SchemaOf(1), CipherSuites.P256, "lab", 0, rig.Roster, sigma: 0, clip: largest);
        Assert.Throws<ArgumentException>(() => RoundTerms.Create(RoundRig.SchemaOf(1), CipherSuites.P256, "lab", 0, rig.Roster, sigma: 12, clip: largest));
        Assert.Throws<ArgumentException>(() => RoundTerms.Create(RoundRig.SchemaOf(1), CipherSuites.P256, "lab", 0, rig.Roster, sigma: 0, clip: largest + 1));
        Assert.Throws<ArgumentException>(() => RoundTerms.Create(RoundRig.SchemaOf(1), CipherSuites.P256, "lab", 0, rig.Roster, sigma: double.NaN, clip: 1));
        Assert.Throws<ArgumentException>(() => RoundTerms.Create(RoundRig.SchemaOf(0), CipherSuites.P256, "lab", 0, rig.Roster, sigma: 0, clip: 1));
        Assert.Throws<ArgumentException>(() => RoundTerms.Create(RoundRig.SchemaOf(LaneSchema.MaxLanes + 1), CipherSuites.P256, "lab", 0, rig.Roster, sigma: 0, clip: 1));
    }
}
