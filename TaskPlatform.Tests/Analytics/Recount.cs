using TaskPlatform.Api.Analytics;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Analytics;

/// <summary>Every single thing that happened, at the times that callers were told, counted as one would by hand.</summary>
internal sealed class Recount
{
    private readonly Dictionary<string, long> _ready = [];
    private readonly Dictionary<string, long> _claimed = [];
    private readonly List<(long At, long Ms)> _waits = [];
    private readonly List<(long At, long Ms)> _runs = [];
    private readonly List<long> _failed = [];
    private readonly List<(long From, long To)> _busy = [];

    public void Submitted(TaskItem task) => _ready[task.Id] = task.CreatedUnixMs;

    public void Claimed(TaskItem task)
    {
        var at = task.Lease!.GrantedUnixMs;
        _claimed[task.Id] = at;
        _waits.Add((at, at - _ready[task.Id]));
    }

    public void Completed(TaskItem task) => _runs.Add(Ended(task));

    public void Failed(TaskItem task) => _failed.Add(Ended(task).At);

    public void Released(TaskItem task) => _ready[task.Id] = Ended(task).At;

    /// <summary>Fails unless the analytics say the same of all that happened from one moment to another.</summary>
    public void AssertSame(AnalyticsStep step, long from, long to)
    {
        AssertSame(step.QueueTime, [.. _waits.Where(wait => IsWithin(wait.At)).Select(wait => wait.Ms)]);
        AssertSame(step.CompletionTime, [.. _runs.Where(run => IsWithin(run.At)).Select(run => run.Ms)]);
        var (completed, failed) = (_runs.Count(run => IsWithin(run.At)), _failed.Count(IsWithin));
        Assert.Equal((completed, failed, completed, failed), (step.Completed, step.Failed, step.AttemptsCompleted, step.AttemptsFailed));
        Assert.Equal(completed + failed == 0 ? null : failed / (double)(completed + failed), step.ErrorRate());
        Assert.Equal(completed + failed == 0 ? null : completed / (double)(completed + failed), step.CompletionRate());
        Assert.Equal(completed * 3_600_000.0 / step.CoveredMs, step.ThroughputPerHour());
        var held = _claimed.Values.Select(at => (From: at, To: to));
        var busy = _busy.Concat(held).Sum(span => Math.Max(0, Math.Min(span.To, to) - Math.Max(span.From, from)));
        Assert.Equal((busy, busy), (step.RunMs, step.Slots.BusyMs));
        Assert.Equal(busy, step.Agents.Sum(agent => agent.Time.BusyMs));
        Assert.True(step.Slots.OfferedMs >= busy);

        bool IsWithin(long at) => at >= from && at < to;
    }

    private (long At, long Ms) Ended(TaskItem task)
    {
        var at = task.Attempts[^1].FinishedUnixMs;
        _claimed.Remove(task.Id, out var claimed);
        _busy.Add((claimed, at));
        return (at, at - claimed);
    }

    private static void AssertSame(Spread spread, long[] values)
    {
        Assert.Equal((values.Length, values.Sum()), (spread.Count(), spread.Sum));
        if (values.Length == 0) return;
        foreach (var share in (double[])[0.5, 0.95, 0.99])
            DurationHistogramTests.AssertClose(DurationHistogramTests.Sorted(values, share), spread.At(share)!.Value);
    }
}
