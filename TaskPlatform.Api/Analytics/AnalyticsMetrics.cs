using System.Diagnostics.Metrics;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.ServiceDefaults;

namespace TaskPlatform.Api.Analytics;

/// <summary>The analytics as metrics: latencies as they are measured, and what the last step of five minutes came to.</summary>
internal static class AnalyticsMetrics
{
    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly Histogram<double> Assignment = Meter.CreateHistogram(
        "taskplatform.task.assignment.duration", "s", "From the moment at which a ready task and an agent that asks for it were there to the grant's commit.",
        advice: Telemetry.Seconds);

    public static void Assigned(string queue, long micros)
    {
        if (!Assignment.Enabled) return;
        try
        {
            Assignment.Record(micros / 1e6, new KeyValuePair<string, object?>("queue", queue));
        }
        catch (Exception exception)
        {
            TaskTelemetry.Failed(queue, exception);
        }
    }

    /// <summary>Makes the gauges; they last as long as the meter.</summary>
    public static void Register(Meter meter, QueueProbe probe)
    {
        Gauge(meter, probe, "tasks.throughput", "{task}/h", "Tasks completed an hour, in the last step of five minutes.", Steps.ThroughputPerHour);
        Gauge(meter, probe, "tasks.completion.rate", "1", "Completed tasks of those that were completed or failed, in the last step.", Steps.CompletionRate);
        Gauge(meter, probe, "attempts.error.rate", "1", "Failed attempts of those that ended, in the last step.", Steps.ErrorRate);
        Gauge(
            meter, probe, "agents.utilization", "1", "Busy slot-seconds of those on offer, in the last step.", step => step.Slots.Utilization());
        Gauge(
            meter, probe, "coordination.overhead", "1", "Time in the mailbox and on commits for each second of running tasks, in the last step.",
            Steps.CoordinationOverhead);
    }

    private static void Gauge(Meter meter, QueueProbe probe, string name, string unit, string description, Func<AnalyticsStep, double?> figure)
        => meter.CreateObservableGauge($"taskplatform.{name}", () => probe.Pulses.SelectMany(pulse => Measure(pulse, figure)), unit, description);

    /// <summary>A figure that there is none of is not measured.</summary>
    private static IEnumerable<Measurement<double>> Measure(QueuePulse pulse, Func<AnalyticsStep, double?> figure)
        => pulse.Owner.Analytics.Last is { } step && figure(step) is { } value ? [new(value, new KeyValuePair<string, object?>("queue", pulse.Queue))] : [];
}
