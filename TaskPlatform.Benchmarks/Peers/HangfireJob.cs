using Hangfire;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Peers;

/// <summary>What Hangfire's workers do. Public because Hangfire calls it.</summary>
public sealed class HangfireJob
{
    private readonly LatencyRecorder _latencies;

    internal HangfireJob(LatencyRecorder latencies) => _latencies = latencies;

    /// <summary>Notes when it was started, where its payload says when it was due.</summary>
    public string Run(string payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        var due = StampedPayload.DueOf(payload);
        if (due > 0) _latencies.RecordSince(due);
        return "done";
    }

    /// <summary>Gives every worker the one job.</summary>
    internal sealed class Activator(HangfireJob job) : JobActivator
    {
        public override object ActivateJob(Type jobType) => job;
    }
}
