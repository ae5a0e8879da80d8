namespace TaskPlatform.Engine;

/// <summary>What the passing of time does.</summary>
public sealed partial class TaskEngine
{
    private readonly IndexedHeap<TaskItem, ByTimer> _timers = new();
    private readonly IndexedHeap<TaskItem, ByWallTime> _wallTimers = new();

    /// <summary>When <see cref="Tick"/> next has something to do, on each clock; <see cref="Moment.Never"/> when nothing is due.</summary>
    public Moment NextDeadline => new(
        Math.Min(_timers.Head?.TimerTick ?? Moment.Never, _waitEnds.Head?.EndsTick ?? Moment.Never),
        Math.Min(_wallTimers.Head?.WallDueMs ?? Moment.Never, NextKeyExpiry));

    private long NextKeyExpiry => _keysByExpiry.TryPeek(out _, out var expires) ? expires : Moment.Never;

    /// <summary>Does what is due, up to <see cref="EngineLimits.StepTasks"/> tasks.</summary>
    public void Tick(Moment now)
    {
        var budget = limits.StepTasks;
        while (budget-- > 0 && _timers.Head is { } task && task.TimerTick <= now.TickMs) Due(task, now);
        while (budget-- > 0 && _wallTimers.Head is { } task && task.WallDueMs <= now.UnixMs) WallDue(task, now);
        EndWaits(now);
        ForgetKeys(now);
    }

    /// <summary>
    /// After an outage in which no agent could be heard: every running lease gets its full time again, at most
    /// <see cref="EngineLimits.Regrants"/> times in a row.
    /// </summary>
    public void RegrantLeases(Moment now)
    {
        foreach (var task in _timers.Items.Where(task => task.State.IsLeased()).ToList())
        {
            if (task.Lease!.Regrants >= limits.Regrants) continue;
            task.Lease = Regrant(task, task.Lease, now);
            SetTimers(task, now);
            MarkDirty(task);
        }
    }

    /// <summary>
    /// Its agent could not say anything, so the lease, the grace and the stall begin anew; the attempt's time went on, but leaves it the lease's.
    /// </summary>
    private Lease Regrant(TaskItem task, Lease lease, Moment now) => lease with
    {
        EndsTick = now.TickMs + lease.DurationMs,
        StartedTick = Math.Max(lease.StartedTick, now.TickMs + lease.DurationMs - task.Body!.AttemptTimeoutMs),
        ChangedTick = now.TickMs,
        GraceEndsTick = task.CancelRequested ? now.TickMs + limits.CancelGraceMs : Moment.Never,
        Regrants = lease.Regrants + 1,
    };

    /// <summary>A lease counts from the moment it was stored.</summary>
    public void StartLease(string taskId, UInt128 token, Moment now)
    {
        if (!_tasks.TryGetValue(taskId, out var task) || task.Lease is not { } lease || lease.Token != token) return;
        task.Lease = lease with { EndsTick = now.TickMs + lease.DurationMs };
        SetTimers(task, now);
    }

    private void Due(TaskItem task, Moment now)
    {
        if (task.State == TaskState.Scheduled)
        {
            task.BackoffMs = 0;
            if (task.NotBeforeUnixMs > now.UnixMs) Move(task, TaskState.Scheduled, now);
            else BecomeReady(task, now);
            return;
        }
        var lease = task.Lease!;
        if (lease.GraceEndsTick <= now.TickMs)
        {
            EndAttempt(task, "cancelled", error: null, success: null, now);
            Finish(task, TaskState.Cancelled, now);
        }
        else if (lease.EndsTick <= now.TickMs) LoseLease(task, "lease-lost", $"No heartbeat for {lease.DurationMs / 1000.0} s.", now);
        else if (AttemptEnds(task, lease) <= now.TickMs)
            LoseLease(task, "attempt-timeout", $"The attempt took more than {task.Body!.AttemptTimeoutMs / 1000.0} s.", now);
        else LoseLease(task, "stalled", $"Nothing changed for {task.Body!.StallMs / 1000.0} s.", now);
    }

    private void WallDue(TaskItem task, Moment now)
    {
        if (task.DeadlineUnixMs <= now.UnixMs) MissDeadline(task, now);
        else BecomeReady(task, now);
    }

    private void MissDeadline(TaskItem task, Moment now)
    {
        task.Error = new TaskError("deadline-exceeded", "The task was not finished by its deadline.", Retryable: false);
        if (task.Lease is not null) EndAttempt(task, "deadline-exceeded", task.Error, success: false, now);
        Finish(task, TaskState.Failed, now);
    }

    private void BecomeReady(TaskItem task, Moment now)
    {
        Move(task, TaskState.Pending, now);
        Tell(TaskEvent.Ready, task);
    }

    /// <summary>Puts a task where the next thing that time can do to it is waited for.</summary>
    private void SetTimers(TaskItem task, Moment now)
    {
        SetTimer(task, TimerOf(task, now));
        SetWallTimer(task, WallTimerOf(task));
    }

    private static long TimerOf(TaskItem task, Moment now)
    {
        if (task.Lease is { } lease)
            return Math.Min(Math.Min(lease.EndsTick, lease.GraceEndsTick), Math.Min(AttemptEnds(task, lease), StallEnds(task, lease)));
        if (task.State != TaskState.Scheduled || task.BackoffMs == 0) return Moment.Never;
        return now.TickMs + Math.Clamp(task.BackoffEndsUnixMs - now.UnixMs, 0, task.BackoffMs);
    }

    private static long WallTimerOf(TaskItem task)
    {
        if (task.State.IsFinal()) return Moment.Never;
        var due = task.DeadlineUnixMs ?? Moment.Never;
        var waitsForDate = task.State == TaskState.Scheduled && task.BackoffMs == 0;
        return waitsForDate ? Math.Min(due, task.NotBeforeUnixMs ?? Moment.Never) : due;
    }

    private static long AttemptEnds(TaskItem task, Lease lease) => lease.StartedTick + task.Body!.AttemptTimeoutMs;

    private static long StallEnds(TaskItem task, Lease lease)
        => task.Body!.StallMs is { } stall ? lease.ChangedTick + stall : Moment.Never;

    private void SetTimer(TaskItem task, long due)
    {
        task.TimerTick = due;
        if (due == Moment.Never)
        {
            if (task.TimerIndex >= 0) _timers.Remove(task);
        }
        else if (task.TimerIndex >= 0) _timers.Moved(task);
        else _timers.Add(task);
    }

    private void SetWallTimer(TaskItem task, long due)
    {
        task.WallDueMs = due;
        if (due == Moment.Never)
        {
            if (task.WallIndex >= 0) _wallTimers.Remove(task);
        }
        else if (task.WallIndex >= 0) _wallTimers.Moved(task);
        else _wallTimers.Add(task);
    }
}
