using TaskPlatform.Api.Analytics;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Analytics;

/// <summary>Every single thing that happened, counted as one would by hand.</summary>
internal sealed class Recount
{
    private readonly Dictionary<string, long> _ready = [];
    private readonly Dictionary<string, long> _claimed = [];
    private readonly List<(long At, long Ms)> _waits = [];
    private readonly List<(long At, long Ms)> _runs = [];
    private readonly List<long> _failed = [];
    private readonly List<(long From, long To)> _busy = [];

    public void Ready(string id, long at) => _ready[id] = at;

    public void Claimed(string id, long at)
    {
        _claimed[id] = at;
        _waits.Add((at, at - _ready[id]));
    }

    public void Completed(string id, long at) => _runs.Add((at, Ended(id, at)));

    public void Failed(string id, long at)
    {
        Ended(id, at);
        _failed.Add(at);
    }

    public void Released(string id, long at)
    {
        Ended(id, at);
        Ready(id, at);
    }

    /// <summary>Fails unless the analytics say the same of all that happened from a moment on.</summary>
    public void AssertSame(AnalyticsStep step, long from, long now)
    {
        AssertSame(step.QueueTime, [.. _waits.Where(wait => wait.At >= from).Select(wait => wait.Ms)]);
        AssertSame(step.CompletionTime, [.. _runs.Where(run => run.At >= from).Select(run => run.Ms)]);
        var (completed, failed) = (_runs.Count(run => run.At >= from), _failed.Count(at => at >= from));
        Assert.Equal((completed, failed, completed, failed), (step.Completed, step.Failed, step.AttemptsCompleted, step.AttemptsFailed));
        Assert.Equal(completed + failed == 0 ? null : failed / (double)(completed + failed), step.ErrorRate());
        Assert.Equal(completed + failed == 0 ? null : completed / (double)(completed + failed), step.CompletionRate());
        Assert.Equal(completed * 3_600_000.0 / step.CoveredMs, step.ThroughputPerHour());
        var held = _claimed.Values.Select(at => (From: at, To: now));
        var busy = _busy.Concat(held).Sum(span => Math.Max(0, span.To - Math.Max(span.From, from)));
        Assert.Equal((busy, busy), (step.RunMs, step.Slots.BusyMs));
        Assert.Equal(busy, step.Agents.Sum(agent => agent.Time.BusyMs));
        Assert.True(step.Slots.OfferedMs >= busy);
    }

    private long Ended(string id, long at)
    {
        _claimed.Remove(id, out var claimed);
        _busy.Add((claimed, at));
        return at - claimed;
    }

    private static void AssertSame(Spread spread, long[] values)
    {
        Assert.Equal((values.Length, values.Sum()), (spread.Count(), spread.Sum));
        if (values.Length == 0) return;
        foreach (var share in (double[])[0.5, 0.95, 0.99])
            DurationHistogramTests.AssertClose(DurationHistogramTests.Sorted(values, share), spread.At(share)!.Value);
    }
}
