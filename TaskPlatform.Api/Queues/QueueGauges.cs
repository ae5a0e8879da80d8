using System.Diagnostics.Metrics;
using TaskPlatform.Api.Analytics;
using TaskPlatform.Engine;
using TaskPlatform.ServiceDefaults;

namespace TaskPlatform.Api.Queues;

/// <summary>What queues hold, from the last probe of each; nothing is counted for it call by call.</summary>
internal static class QueueGauges
{
    /// <summary>Makes the gauges; they last as long as the factory.</summary>
    public static void Register(IMeterFactory meters, QueueProbe probe, TimeProvider time)
    {
        var meter = meters.Create(Telemetry.Name);
        AnalyticsMetrics.Register(meter, probe);
        meter.CreateObservableGauge("taskplatform.queue.depth", () => Found(probe, Depth), "{task}", "Tasks by state.");
        meter.CreateObservableGauge(
            "taskplatform.queue.ready.age", () => Found<double>(probe, (queue, view) => [new(Age(view, time), Tag(queue))]), "s",
            "How long the longest waiting ready task has been there; 0 when none is ready.");
        meter.CreateObservableGauge(
            "taskplatform.mailbox.fill", () => probe.Pulses.Select(pulse => new Measurement<double>(pulse.Owner.MailboxFill, Tag(pulse.Queue))), "1",
            "Share of the mailbox that is taken, 0 to 1. From 0.75 on only calls about leases are let in.");
        meter.CreateObservableGauge(
            "taskplatform.mailbox.depth", () => probe.Pulses.Select(pulse => new Measurement<int>(pulse.Owner.MailboxCount, Tag(pulse.Queue))), "{command}",
            "Commands that wait for the queue's owner.");
        meter.CreateObservableGauge("taskplatform.agents.slots", () => Found(probe, Slots), "{slot}", "Tasks that agents hold, and could take in addition.");
        meter.CreateObservableGauge(
            "taskplatform.claims.waiting", () => Found<int>(probe, (queue, view) => [new(view.WaitingClaims, Tag(queue))]), "{claim}",
            "Claims that wait for a task.");
    }

    private static IEnumerable<Measurement<T>> Found<T>(QueueProbe probe, Func<string, ProbeView, IEnumerable<Measurement<T>>> measure) where T : struct
        => probe.Pulses.SelectMany(pulse => pulse.View is { } view ? measure(pulse.Queue, view) : []);

    private static IEnumerable<Measurement<int>> Depth(string queue, ProbeView view)
        => view.Counts.Select((count, state) => new Measurement<int>(count, Tag(queue), new("state", Words.Of((TaskState)state))));

    private static IEnumerable<Measurement<long>> Slots(string queue, ProbeView view) =>
        [new(view.BusySlots, Tag(queue), new("state", "busy")), new(view.FreeSlots, Tag(queue), new("state", "free"))];

    private static double Age(ProbeView view, TimeProvider time)
        => view.OldestReadyUnixMs is { } oldest ? Math.Max(0, time.GetUtcNow().ToUnixTimeMilliseconds() - oldest) / 1000.0 : 0;

    private static KeyValuePair<string, object?> Tag(string queue) => new("queue", queue);
}
