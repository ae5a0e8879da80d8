using System.Collections.Immutable;
using HdrHistogram;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Analytics;

/// <summary>
/// Durations of one step, in a unit of the caller's choice: exact in number and sum, within a hundredth in size. Takes 13 KiB once there is one, however
/// many come; one costs some nanoseconds and allocates nothing. For one thread at a time.
/// </summary>
internal sealed class DurationHistogram
{
    private const long Most = uint.MaxValue;
    private const int Digits = 2;

    private IntHistogram? _histogram;
    private long _sum;

    /// <param name="value">Below nothing counts as nothing (somebody set a clock), above 2^32 as that.</param>
    public void Record(long value)
    {
        value = Math.Clamp(value, 0, Most);
        (_histogram ??= new IntHistogram(Most, Digits)).RecordValue(value);
        _sum += value;
    }

    /// <summary>Adds what was measured elsewhere.</summary>
    public void Add(Spread spread)
    {
        if (spread.Buckets.IsEmpty) return;
        _histogram ??= new IntHistogram(Most, Digits);
        foreach (var bucket in spread.Buckets) _histogram.RecordValueWithCount(bucket.Value, bucket.Count);
        _sum += spread.Sum;
    }

    /// <summary>What was measured so far.</summary>
    public Spread Read()
    {
        if (_histogram is null or { TotalCount: 0 }) return Spread.None;
        var buckets = ImmutableArray.CreateBuilder<Bucket>();
        foreach (var bucket in _histogram.RecordedValues())
            buckets.Add(new Bucket((uint)Math.Min(bucket.ValueIteratedTo, Most), (uint)bucket.CountAddedInThisIterationStep));
        return new Spread(_sum, buckets.DrainToImmutable());
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _histogram?.Reset();
        _sum = 0;
    }
}
