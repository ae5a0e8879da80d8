using System.Diagnostics.Metrics;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.ServiceDefaults;

namespace TaskPlatform.Federation.Rounds;

/// <summary>What the aggregator measures of rounds.</summary>
internal static class RoundMetrics
{
    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly Counter<long> Rounds = Meter.CreateCounter<long>(
        "taskplatform.federation.rounds", "{round}", "Rounds that ended, by outcome: done, or the reason why there was no sum.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "taskplatform.federation.round.duration", "s", "From a round's begin to its sum, or to its end without one.", advice: Telemetry.Seconds);

    /// <param name="duration">How long it took.</param>
    /// <param name="reason">Why there was no sum; null when there was.</param>
    public static void Ended(TimeSpan duration, AbortReason? reason)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", reason?.ToString() ?? "done");
        Rounds.Add(1, outcome);
        Duration.Record(duration.TotalSeconds, outcome);
    }
}
