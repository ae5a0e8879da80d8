using TaskPlatform.Client.Federation;
using TaskPlatform.Federation.Protocol.Cooperation;

namespace TaskPlatform.Api.Federation;

/// <summary>The federation as this node last heard of it. Read by whoever decides where a task is worked on. Of several threads.</summary>
internal sealed class FederationView(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private volatile Heard? _last;

    /// <summary>The federation's load, since when it is known; null before the first figures. Whether it is too old, its reader decides.</summary>
    public FederationLoad? Current => _last?.Load;

    /// <summary>All figures, with what is promised of them; their age is that at the moment of receipt.</summary>
    public FederationReport? Report => _last?.Report;

    /// <summary>The clock of <see cref="FederationLoad.AtMs"/>: milliseconds since this node started, on a clock that only rises.</summary>
    public long NowMs => (long)time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>How old the figures are; null before the first.</summary>
    public TimeSpan? Age => _last is { } last ? TimeSpan.FromMilliseconds(NowMs - last.Load.AtMs) : null;

    /// <summary>Takes figures. Those that were old already when they came count from when they were released, by the aggregator's word.</summary>
    public void Take(FederationReport report)
    {
        var age = (long)Math.Clamp(report.AgeSeconds * 1000, 0, int.MaxValue);
        _last = new Heard(report, new FederationLoad(report.Load, Math.Max(1, report.Nodes), NowMs - age));
    }

    private sealed record Heard(FederationReport Report, FederationLoad Load);
}
