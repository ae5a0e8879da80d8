using CsCheck;
using TaskPlatform.Api.Analytics;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Analytics;

/// <summary>Against the values themselves, sorted.</summary>
public sealed class DurationHistogramTests
{
    // Of all sizes: most durations are short.
    private static readonly Gen<long> Values = Gen.Select(Gen.Int[0, 31], Gen.Double.Unit, (bits, part) => (long)(part * (1L << bits)));

    [Fact]
    public void Read_AnyValues_HasTheirNumberAndMeanAndPercentilesWithinAHundredth() => Values.Array[1, 200].Sample(values =>
    {
        var spread = Histogram(values).Read();

        Assert.Equal(values.Length, spread.Count());
        Assert.Equal(values.Sum() / (double)values.Length, spread.Mean());
        foreach (var share in (double[])[0.5, 0.95, 0.99, 1]) AssertClose(Sorted(values, share), spread.At(share)!.Value);
    });

    [Fact]
    public void Add_PartsThatWereReadAndStored_IsAsIfAllHadBeenMeasuredAtOnce() => Values.Array[0, 50].Array[0, 6].Sample(parts =>
    {
        var sum = new DurationHistogram();
        foreach (var part in parts)
        {
            var step = new AnalyticsStep { StartUnixMs = 0, QueueTime = Histogram(part).Read() };
            var stored = (AnalyticsStep)QueueRecords.Read(RecordKind.Step, step.Key, QueueRecords.Write(step).ToArray());
            sum.Add(stored.QueueTime);
        }

        var (expected, spread) = (Histogram([.. parts.SelectMany(part => part)]).Read(), sum.Read());
        Assert.Equal(expected.Sum, spread.Sum);
        Assert.Equal(expected.Buckets, spread.Buckets);
    });

    [Fact]
    public void Read_Nothing_HasNoFigures()
    {
        var spread = new DurationHistogram().Read();

        Assert.Equal((0, null, null), (spread.Count(), spread.Mean(), spread.At(0.5)));
    }

    [Fact]
    public void Record_OutOfRange_CountsAsTheNearestInIt()
    {
        var spread = Histogram([-5, long.MaxValue]).Read();

        Assert.Equal([new Bucket(0, 1), new Bucket(uint.MaxValue, 1)], spread.Buckets);
    }

    [Fact]
    public void Clear_AfterValues_BeginsAnew()
    {
        var histogram = Histogram([1, 2, 3]);
        histogram.Clear();
        histogram.Record(7);

        Assert.Equal((7, 7), (histogram.Read().Sum, histogram.Read().At(1)));
    }

    private static DurationHistogram Histogram(IEnumerable<long> values)
    {
        var histogram = new DurationHistogram();
        foreach (var value in values) histogram.Record(value);
        return histogram;
    }

    internal static long Sorted(IEnumerable<long> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }

    internal static void AssertClose(double exact, double measured) => Assert.InRange(measured, exact, exact * 1.01 + 1);
}
