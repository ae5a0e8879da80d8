using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>What time does, and what a restart does.</summary>
internal sealed partial class NaiveQueue
{
    public void Tick()
    {
        foreach (var task in Tasks.ToList()) TickTask(task);
        foreach (var task in Tasks.Where(task => !task.State.IsFinal()).ToList()) LookAtCalendar(task);
        foreach (var wait in _waits.Where(wait => wait.Ends <= Now.TickMs).ToList()) Answer(wait, []);
        foreach (var key in _keys.Where(pair => pair.Value.Expires <= Now.UnixMs).Select(pair => pair.Key).ToList()) _keys.Remove(key);
    }

    /// <summary>What follows at the end of each batch.</summary>
    public void Advance()
    {
        Cascade();
        AnswerWaits();
    }

    private void TickTask(NaiveTask task)
    {
        if (task.State == TaskState.Scheduled && task.BackoffMs > 0 && task.BackoffEndsTick <= Now.TickMs)
        {
            task.BackoffMs = 0;
            if (!(task.What.NotBeforeUnixMs > Now.UnixMs)) task.State = TaskState.Pending;
        }
        if (task.Lease is not { } lease) return;
        var body = task.What.Body;
        if (lease.GraceEnds <= Now.TickMs)
        {
            EndAttempt(task, "cancelled", null);
            Finish(task, TaskState.Cancelled);
        }
        else if (lease.Ends <= Now.TickMs) Lose(task, "lease-lost");
        else if (lease.Started + body.AttemptTimeoutMs <= Now.TickMs) Lose(task, "attempt-timeout");
        else if (lease.Changed + body.StallMs <= Now.TickMs) Lose(task, "stalled");
    }

    private void Lose(NaiveTask task, string error)
    {
        task.Losses++;
        task.Error = error;
        EndAttempt(task, error, task.CancelRequested ? null : false);
        if (task.CancelRequested) Finish(task, TaskState.Cancelled);
        else if (task.Used >= task.What.Body.MaxAttempts) Finish(task, TaskState.Failed);
        else ComeBack(task);
    }

    private void LookAtCalendar(NaiveTask task)
    {
        if (task.What.DeadlineUnixMs <= Now.UnixMs)
        {
            task.Error = "deadline-exceeded";
            if (task.Lease is not null) EndAttempt(task, "deadline-exceeded", false);
            Finish(task, TaskState.Failed);
        }
        else if (task.State == TaskState.Scheduled && task.BackoffMs == 0 && !(task.What.NotBeforeUnixMs > Now.UnixMs)) task.State = TaskState.Pending;
    }

    public void StartLease(string id, UInt128 token)
    {
        if (_tasks.TryGetValue(id, out var task) && task.Lease is { } lease && lease.Token == token) lease.Ends = Now.TickMs + lease.DurationMs;
    }

    public void RegrantLeases()
    {
        foreach (var task in _tasks.Values.Where(task => task.Lease?.Regrants < Regrants)) Regrant(task);
    }

    private void Regrant(NaiveTask task)
    {
        var lease = task.Lease!;
        lease.Regrants++;
        lease.Ends = Now.TickMs + lease.DurationMs;
        lease.Started = Math.Max(lease.Started, lease.Ends - task.What.Body.AttemptTimeoutMs);
        lease.Changed = Now.TickMs;
        lease.GraceEnds = task.CancelRequested ? Now.TickMs + GraceMs : Moment.Never;
    }

    /// <summary>Another process read what was stored: who waited is gone, and so is who was never stored.</summary>
    public void Reload()
    {
        _waits = [];
        _agents = _agents.Where(pair => pair.Value.IsStored).ToDictionary();
        foreach (var task in Tasks)
        {
            task.BackoffEndsTick = Now.TickMs + Math.Clamp(task.BackoffEndsUnixMs - Now.UnixMs, 0, task.BackoffMs);
            if (task.Lease is not { } lease) continue;
            Agent(lease.Agent);
            (lease.Callers, lease.Sequence, lease.Ends) = (1, ++_lastGrant, Now.TickMs);
            (lease.Changed, lease.GraceEnds) = (0, Moment.Never);
            lease.Started = Now.TickMs - Math.Max(0, Now.UnixMs - task.StartedUnixMs);
            if (lease.Regrants < Regrants) Regrant(task);
        }
    }
}
