using System.Diagnostics.Metrics;
using TaskPlatform.ServiceDefaults;

namespace TaskPlatform.Api.Store;

/// <summary>What the store measures of itself.</summary>
internal static class StoreMetrics
{
    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly Histogram<int> Commands = Meter.CreateHistogram(
        "taskplatform.batch.commands", "{command}", "Commands that were applied and committed together; probes are not counted.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] });

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "taskplatform.commit.duration", "s", "Time from sending a batch to its acknowledgement.", advice: Telemetry.Seconds);

    private static readonly Histogram<long> Size = Meter.CreateHistogram(
        "taskplatform.commit.size", "By", "Size of an acknowledged batch.", advice: Telemetry.Bytes);

    private static readonly Histogram<long> Records = Meter.CreateHistogram<long>(
        "taskplatform.commit.records", "{record}", "Records that an acknowledged batch put or deleted.");

    private static readonly Histogram<double> RoundTrip = Meter.CreateHistogram(
        "taskplatform.redis.roundtrip", "s", "Time from asking Redis for its memory, once a second, to its answer.", advice: Telemetry.Seconds);

    private static readonly Counter<long> Resends = Meter.CreateCounter<long>(
        "taskplatform.commit.resends", "{batch}", "Batches sent again because an answer was missing or the store went back.");

    private static readonly Counter<long> Ends = Meter.CreateCounter<long>(
        "taskplatform.commit.ends", "{owner}", "Owners that stopped writing, by fate: fenced or regressed.");

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "taskplatform.notifications.dropped", "{notification}", "Notifications that were not published, by reason.");

    public static void Applied(string queue, int commands)
    {
        if (commands > 0) Commands.Record(commands, new KeyValuePair<string, object?>("queue", queue));
    }

    public static void Answered(TimeSpan duration) => RoundTrip.Record(duration.TotalSeconds);

    public static void Committed(string queue, CommitBatch batch, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("queue", queue);
        Duration.Record(duration.TotalSeconds, tag);
        Size.Record(batch.Bytes, tag);
        Records.Record(batch.Changes, tag);
    }

    public static void Resent(string queue) => Resends.Add(1, new KeyValuePair<string, object?>("queue", queue));

    public static void Ended(string queue, CommitFate fate) =>
        Ends.Add(1, new("queue", queue), new("fate", fate == CommitFate.Fenced ? "fenced" : "regressed"));

    public static void NotificationDropped(string reason, int count = 1) =>
        Dropped.Add(count, new KeyValuePair<string, object?>("reason", reason));
}
