using System.Diagnostics;
using System.Globalization;
using Hangfire;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Peers;

/// <summary>What Hangfire's workers do. Public because Hangfire calls it.</summary>
public sealed class HangfireJob
{
    private const int StampDigits = 20;
    private const int Quotes = 2;

    private readonly LatencyRecorder _latencies;

    internal HangfireJob(LatencyRecorder latencies) => _latencies = latencies;

    /// <summary>Notes when it was started, where its payload says when it was due.</summary>
    public string Run(string payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        var due = long.Parse(payload.AsSpan(0, StampDigits), CultureInfo.InvariantCulture);
        if (due > 0) _latencies.RecordSince(due);
        return "done";
    }

    /// <summary>As many bytes of JSON as every payload has.</summary>
    /// <param name="due">A timestamp of <see cref="Stopwatch"/>; 0 where latency is not measured.</param>
    internal static string Payload(long due) => due.ToString("d20", CultureInfo.InvariantCulture).PadRight(PeerPlan.PayloadBytes - Quotes, 'x');

    /// <summary>Gives every worker the one job.</summary>
    internal sealed class Activator(HangfireJob job) : JobActivator
    {
        public override object ActivateJob(Type jobType) => job;
    }
}
