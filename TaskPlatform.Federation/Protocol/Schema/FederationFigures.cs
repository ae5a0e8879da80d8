namespace TaskPlatform.Federation.Protocol.Schema;

/// <summary>
/// What can be read from the sums: totals, means, quantiles and rates. With noise a sum may be negative or not quite fit to another; ratios are then cut to what
/// they can be, and are null where nothing was counted.
/// </summary>
/// <param name="schema">The lanes.</param>
/// <param name="sums">The round's sums, modulo 2³².</param>
/// <param name="nodes">How many nodes are in them.</param>
public sealed class FederationFigures(SummarySchema schema, IReadOnlyList<uint> sums, int nodes)
{
    /// <summary>How many nodes are in it.</summary>
    public int Nodes => nodes;

    /// <summary>Tasks that wait or run, on all nodes.</summary>
    public int Load => Sum(SummarySchema.LoadLane);

    /// <summary>Slots of agents, on all nodes.</summary>
    public int Capacity => Sum(SummarySchema.CapacityLane);

    /// <summary>The mean load of a node.</summary>
    public double MeanLoad => (double)Load / nodes;

    /// <summary>Waiting tasks of a type.</summary>
    public int Queued(string type) => Sum(schema.LaneOf(TypeLane.Queued, type));

    /// <summary>Running tasks of a type.</summary>
    public int Running(string type) => Sum(schema.LaneOf(TypeLane.Running, type));

    /// <summary>Tasks of a type that ended.</summary>
    public int Completed(string type) => Sum(schema.LaneOf(TypeLane.Completed, type));

    /// <summary>Tasks of a type that succeeded.</summary>
    public int Succeeded(string type) => Sum(schema.LaneOf(TypeLane.Succeeded, type));

    /// <summary>Succeeded among completed, 0 to 1.</summary>
    /// <param name="type">The type.</param>
    /// <param name="atLeast">Null where fewer completed: with noise on the counts, small ones say nothing.</param>
    public double? SuccessRate(string type, double atLeast = 1) =>
        Completed(type) < Math.Max(1, atLeast) ? null : Math.Clamp((double)Succeeded(type) / Completed(type), 0, 1);

    /// <summary>The mean duration in seconds, each task taken to lie in the middle of its bucket; the last bucket counts as ending at twice its beginning.</summary>
    public double? MeanSeconds(string type)
    {
        var counts = Histogram(type);
        var total = counts.Sum();
        return total == 0 ? null : counts.Select((count, bucket) => count * Middle(bucket)).Sum() / total;
    }

    /// <summary>The duration in seconds below which so large a part of the tasks lies, from 0 to 1, evenly within a bucket.</summary>
    public double? QuantileSeconds(string type, double part)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, 1);
        var counts = Histogram(type);
        var left = part * counts.Sum();
        if (counts.Sum() == 0) return null;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            if (counts[bucket] > 0 && left <= counts[bucket]) return SummarySchema.BucketStart(bucket) + left / counts[bucket] * Width(bucket);
            left -= counts[bucket];
        }
        return SummarySchema.BucketStart(SummarySchema.DurationBuckets);
    }

    /// <summary>Noise makes empty buckets negative: they count as empty.</summary>
    private long[] Histogram(string type) =>
        [.. Enumerable.Range(0, SummarySchema.DurationBuckets).Select(bucket => Math.Max(0L, Sum(schema.BucketLane(type, bucket))))];

    private static double Middle(int bucket) => SummarySchema.BucketStart(bucket) + Width(bucket) / 2;

    private static double Width(int bucket) => SummarySchema.BucketStart(bucket + 1) - SummarySchema.BucketStart(bucket);

    private int Sum(int lane) => unchecked((int)sums[lane]);
}
