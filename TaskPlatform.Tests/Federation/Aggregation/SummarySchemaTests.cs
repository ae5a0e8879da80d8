using TaskPlatform.Federation.Protocol.Schema;

namespace TaskPlatform.Tests.Federation.Aggregation;

public sealed class SummarySchemaTests
{
    private static readonly SummarySchema Schema = new(["review", "coding"]);

    [Fact]
    public void Lanes_OfSchemaOne_AreAsManyAsStated()
    {
        Assert.Equal(258, Schema.Lanes.LaneCount);
        Assert.Equal(["coding", "review", "other"], Schema.Types);
    }

    /// <summary>Every lane is written by exactly one count: no two figures share one.</summary>
    [Fact]
    public void Figures_OfEveryKindAndType_HaveALaneEach()
    {
        var types = Enumerable.Range(0, 15).Select(i => $"type-{i}").ToArray();
        var schema = new SummarySchema(types);
        var figures = new NodeFigures(schema).Whole(1, 1);
        foreach (var type in schema.Types)
        {
            figures.Queued(type, 1).Running(type, 1);
            for (var bucket = 0; bucket < SummarySchema.DurationBuckets; bucket++) figures.Ended(type, true, TimeSpan.FromSeconds(SummarySchema.BucketStart(bucket)));
        }

        Assert.Equal(226, figures.Lanes.ToArray().Count(lane => lane == 1));
        Assert.Equal(32, figures.Lanes.ToArray().Count(lane => lane == 12));
    }

    [Fact]
    public void Hash_OfOtherTypes_Differs()
    {
        Assert.Equal(Schema.Lanes.Hash, new SummarySchema(["coding", "review"]).Lanes.Hash);
        Assert.NotEqual(Schema.Lanes.Hash, new SummarySchema(["coding"]).Lanes.Hash);
        Assert.NotEqual(Schema.Lanes.Hash, new SummarySchema(["coding", "reviews"]).Lanes.Hash);
        Assert.Throws<ArgumentException>(() => new SummarySchema(["other"]));
        Assert.Throws<ArgumentException>(() => new SummarySchema(["a", "a"]));
        Assert.Throws<ArgumentException>(() => new SummarySchema(Enumerable.Range(0, 16).Select(i => $"{i}")));
    }

    [Fact]
    public void FederationFigures_OfARound_AreTotalsMeansQuantilesAndRates()
    {
        using var rig = new RoundRig(6, lanes: SummarySchema.LaneCount);
        using var run = rig.Start([.. Enumerable.Range(0, 6).Select(node => Node(node).Lanes.ToArray())]).Finish();

        var figures = new FederationFigures(Schema, run.Aggregator.Sum!.Lanes, run.Aggregator.Sum.Nodes.Count);
        Assert.Equal((6, 60, 24, 10.0), (figures.Nodes, figures.Load, figures.Capacity, figures.MeanLoad));
        Assert.Equal((15, 6), (figures.Queued("coding"), figures.Running("anything else")));
        Assert.Equal((12, 6, 0.5), (figures.Completed("review"), figures.Succeeded("review"), figures.SuccessRate("review")));
        Assert.Null(figures.SuccessRate("coding"));
        Assert.Null(figures.SuccessRate("review", atLeast: 13));
        Assert.Equal((6 * 0.5 + 6 * 12) / 12, figures.MeanSeconds("review"));
        Assert.Equal(0.5, figures.QuantileSeconds("review", 0.25));
        Assert.Equal(12, figures.QuantileSeconds("review", 0.75)!.Value, 1e-9);
        Assert.Null(figures.MeanSeconds("coding"));
        Assert.Null(figures.QuantileSeconds("coding", 0.5));

        static NodeFigures Node(int node) => new NodeFigures(Schema).Queued("coding", (uint)node).Running("secret-project", 1).Whole(load: 10, capacity: 4)
            .Ended("review", true, TimeSpan.FromSeconds(0.2)).Ended("review", false, TimeSpan.FromSeconds(9));
    }

    [Fact]
    public void FederationFigures_WithNegativeNoise_StayWithinTheirRanges()
    {
        var sums = new uint[SummarySchema.LaneCount];
        Array.Fill(sums, unchecked((uint)-5));
        var figures = new FederationFigures(Schema, sums, 6);

        Assert.Equal(-5, figures.Completed("review"));
        Assert.Null(figures.SuccessRate("review"));
        Assert.Null(figures.MeanSeconds("review"));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.999, 0)]
    [InlineData(1, 1)]
    [InlineData(1.999, 1)]
    [InlineData(2, 2)]
    [InlineData(1023, 10)]
    [InlineData(1024, 11)]
    [InlineData(1e9, 11)]
    public void BucketOf_Seconds_IsByPowersOfTwo(double seconds, int bucket)
    {
        Assert.Equal(bucket, SummarySchema.BucketOf(TimeSpan.FromSeconds(seconds)));
        Assert.True(SummarySchema.BucketStart(bucket) <= seconds);
    }
}
