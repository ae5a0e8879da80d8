using System.Diagnostics;
using HdrHistogram;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>Takes in latencies from any thread.</summary>
internal sealed class LatencyRecorder
{
    private const long MostMicroseconds = 3_600_000_000;
    private const int Digits = 3;

    private readonly LongConcurrentHistogram _histogram = new(1, MostMicroseconds, Digits);

    /// <summary>What was between a moment at which a call was due and now.</summary>
    /// <param name="due">A timestamp of <see cref="Stopwatch"/>.</param>
    public void RecordSince(long due) => Record((long)Stopwatch.GetElapsedTime(due).TotalMicroseconds);

    /// <param name="microseconds">Below one counts as one, above an hour as an hour.</param>
    public void Record(long microseconds) => _histogram.RecordValue(Math.Clamp(microseconds, 1, MostMicroseconds));

    /// <param name="rate">Calls a second that were due.</param>
    public LatencyFigures Figures(double rate) => new(
        rate, _histogram.TotalCount, At(50), At(90), At(99), At(99.9), _histogram.GetMaxValue() / 1e3);

    private double At(double percentile) => _histogram.GetValueAtPercentile(percentile) / 1e3;
}

/// <summary>Latencies in milliseconds, of calls that are made at a rate whether or not earlier ones were answered.</summary>
/// <param name="Rate">Calls a second.</param>
/// <param name="Samples">How many there were.</param>
/// <param name="P50">Half of them took at most so long.</param>
/// <param name="P90">Nine of ten.</param>
/// <param name="P99">99 of 100.</param>
/// <param name="P999">999 of 1,000.</param>
/// <param name="Max">All of them.</param>
internal sealed record LatencyFigures(double Rate, long Samples, double P50, double P90, double P99, double P999, double Max);
