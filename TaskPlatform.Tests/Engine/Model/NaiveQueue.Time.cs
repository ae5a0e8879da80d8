using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>What time does, and what a restart does.</summary>
internal sealed partial class NaiveQueue
{
    public void Tick()
    {
        _lastEnd++;
        foreach (var task in Tasks.OrderBy(DueTick).ToList()) TickTask(task);
        foreach (var task in Tasks.Where(task => !task.State.IsFinal()).OrderBy(DueDate).ToList()) LookAtCalendar(task);
        foreach (var wait in _waits.Where(wait => wait.Ends <= Now.TickMs).ToList()) Answer(wait, []);
        foreach (var key in _keys.Where(pair => pair.Value.Expires <= Now.UnixMs).Select(pair => pair.Key).ToList()) _keys.Remove(key);
        foreach (var id in _tombstones.Where(pair => pair.Value <= Now.UnixMs).Select(pair => pair.Key).ToList()) _tombstones.Remove(id);
        FreeKeys((task, expires) => task.State.IsFinal() && expires <= Now.UnixMs);
        foreach (var (key, hold) in _unique.Where(pair => pair.Value.Expires <= Now.UnixMs).ToList()) _unique[key] = (hold.TaskId, 0);
        foreach (var id in _operations.Where(pair => pair.Value.DoneUnixMs + DayMs <= Now.UnixMs).Select(pair => pair.Key).ToList()) _operations.Remove(id);
        RunSchedules();
        LookAtPeriods();
    }

    /// <summary>What follows at the end of each batch.</summary>
    private void Advance()
    {
        do
        {
            Cascade();
            RunOperations();
            WakeWhatHasBudget();
            AnswerWaits();
        }
        while (_ended.Count > 0);
    }

    /// <summary>Somebody set the wall clock; what is kept for a time is looked at by it.</summary>
    public void SetWallClock(Moment now)
    {
        _clockReachedTick = now.TickMs + Math.Max(0, Math.Max(0, _clockReachedTick - now.TickMs) + Now.UnixMs - now.UnixMs);
        if (now.UnixMs < Now.UnixMs) ForgetHolds();
        Now = now;
    }

    /// <summary>When the wall clock is again where it was before it was set back.</summary>
    private long _clockReachedTick;

    /// <summary>The end of a batch, and the batch with what the retries in it wanted.</summary>
    /// <param name="adopt">Takes from the engine what the rules leave to it.</param>
    public void Commit(Action adopt)
    {
        Advance();
        Store();
        while (WantsRecords)
        {
            adopt();
            Bring();
            Advance();
            Store();
        }
        adopt();
    }

    /// <summary>What is over has been stored.</summary>
    private void Store()
    {
        foreach (var task in _tasks.Values.Where(task => task.State.IsFinal())) task.IsAway = true;
    }

    private static long DueTick(NaiveTask task)
    {
        if (task.Lease is { } lease) return new[] { lease.Ends, lease.GraceEnds, lease.Started + task.What.Body.AttemptTimeoutMs, (lease.Changed + task.What.Body.StallMs) ?? Moment.Never }.Min();
        return task.State == TaskState.Scheduled && task.BackoffMs > 0 ? task.BackoffEndsTick : Moment.Never;
    }

    private static long DueDate(NaiveTask task)
        => Math.Min(task.Deadline ?? Moment.Never, task.State == TaskState.Scheduled && task.BackoffMs == 0 ? task.NotBefore ?? Moment.Never : Moment.Never);

    private void TickTask(NaiveTask task)
    {
        if (task.State == TaskState.Scheduled && task.BackoffMs > 0 && task.BackoffEndsTick <= Now.TickMs)
        {
            task.BackoffMs = 0;
            GetReady(task);
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
        else if (!HasAttempts(task)) Finish(task, TaskState.Failed);
        else ComeBack(task);
    }

    private void LookAtCalendar(NaiveTask task)
    {
        if (task.Deadline <= Now.UnixMs)
        {
            task.Error = "deadline-exceeded";
            if (task.Lease is not null) EndAttempt(task, "deadline-exceeded", false);
            End(task, TaskState.Failed, "deadline-exceeded");
        }
        else if (task.State == TaskState.Scheduled && task.BackoffMs == 0) GetReady(task);
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

    /// <summary>Another process read what was stored: who waited is gone, who was never stored, and whose turn it was.</summary>
    public void Reload()
    {
        (_waits, _had, _held, _turn, _clockReachedTick) = ([], [], [], 0, 0);
        _agents = _agents.Where(pair => pair.Value.IsStored).ToDictionary();
        foreach (var grants in _rates.Values)
        {
            // How long ago a grant was is known by the wall clock only, and never later than one that came after it.
            var earliest = long.MinValue;
            for (var index = 0; index < grants.Count; index++)
            {
                earliest = Math.Max(earliest, Now.TickMs - Math.Max(0, Now.UnixMs - grants[index].UnixMs));
                grants[index] = (earliest, grants[index].UnixMs);
            }
        }
        _lastOrder = _tasks.Values.Select(task => task.Order).Append(0).Max();
        foreach (var task in Tasks) Reload(task);
        foreach (var task in Tasks.Where(task => !task.State.IsFinal())) TakeKeyAgain(task);
        WakeWhatHasBudget();
        foreach (var ends in Tasks.Where(task => task.State.IsFinal()).GroupBy(task => task.FinishedUnixMs).OrderBy(ends => ends.Key))
        {
            _lastEnd++;
            foreach (var task in ends) task.EndNumber = _lastEnd;
        }
    }

    private void Reload(NaiveTask task)
    {
        task.BackoffEndsTick = Now.TickMs + Math.Clamp(task.BackoffEndsUnixMs - Now.UnixMs, 0, task.BackoffMs);
        if (task.State.IsFinal()) task.IsAway = true;
        task.FreeSinceTick = null;
        if (task.Lease is not { } lease) return;
        Agent(lease.Agent);
        (lease.Callers, lease.Sequence, lease.Ends) = (1, ++_lastGrant, Now.TickMs);
        (lease.Changed, lease.GraceEnds) = (0, Moment.Never);
        lease.Started = Now.TickMs - Math.Max(0, Now.UnixMs - lease.GrantedUnixMs) - task.WorkedMs;
        if (lease.Regrants < Regrants) Regrant(task);
    }
}
