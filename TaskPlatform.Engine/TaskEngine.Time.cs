namespace TaskPlatform.Engine;

/// <summary>What the passing of time does.</summary>
public sealed partial class TaskEngine
{
    private readonly IndexedHeap<TaskItem, InTimers> _timers = new();
    private readonly IndexedHeap<TaskItem, InWallTimers> _wallTimers = new();

    /// <summary>When <see cref="Tick"/> next has something to do, on each clock; <see cref="Moment.Never"/> when nothing is due.</summary>
    public Moment NextDeadline => new(
        Math.Min(Math.Min(_timers.HeadKey, _waitEnds.HeadKey), Math.Min(_rateOpenings.HeadKey, Math.Min(_lookAgainTick, _routeLookTick))),
        Math.Min(Math.Min(Math.Min(_wallTimers.HeadKey, _scheduleTimers.HeadKey), _budgetPeriods.HeadKey), Math.Min(NextRetention, NextExpiry)));

    /// <summary>When something remembered is next to be forgotten.</summary>
    private long NextExpiry => Math.Min(
        Math.Min(
            _keysByExpiry.TryPeek(out _, out var key) ? key : Moment.Never,
            _uniqueByExpiry.TryPeek(out _, out var unique) ? unique : Moment.Never),
        Math.Min(
            _tombstonesByExpiry.TryPeek(out _, out var tombstone) ? tombstone : Moment.Never,
            _operationsByExpiry.TryPeek(out _, out var operation) ? operation : Moment.Never));

    /// <summary>Does what is due, up to <see cref="EngineLimits.StepTasks"/> of each kind.</summary>
    public void Tick(Moment now)
    {
        var budget = limits.StepTasks;
        while (budget-- > 0 && _timers.HeadKey <= now.TickMs) Due(_timers.Head!, now);
        while (budget-- > 0 && _wallTimers.HeadKey <= now.UnixMs) WallDue(_wallTimers.Head!, now);
        var isClockSetBack = now.UnixMs < _lastTick.UnixMs;
        _lastTick = now;
        OpenRates(now);
        if (isClockSetBack)
        {
            LookAgain(now);
            foreach (var gate in _budgetGates.Values) LetIn(gate, now);
        }
        BeginBudgetPeriods(now);
        RunSchedules(now);
        LookAgainAtLeft(now);
        EndWaits(now);
        DeleteOverdue(now);
        ForgetKeys(now);
        ForgetUnique(now);
        ForgetTombstones(now);
        ForgetOperations(now);
    }

    /// <summary>
    /// After an outage in which no agent could be heard: every running lease gets its full time again, at most
    /// <see cref="EngineLimits.Regrants"/> times in a row.
    /// </summary>
    public void RegrantLeases(Moment now)
    {
        var leased = Enumerable.Range(0, _timers.Count).Select(index => _timers[index]).Where(task => task.Lease is not null).ToList();
        foreach (var task in leased)
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
        StartedTick = Math.Max(lease.StartedTick, now.TickMs + lease.DurationMs - task.Body!.Policy.AttemptTimeoutMs),
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
            task.Told.BackoffMs = 0;
            if (task.NotBeforeUnixMs > now.UnixMs) Move(task, TaskState.Scheduled, now);
            else BecomeReady(task, now);
            return;
        }
        var lease = task.Lease!;
        if (lease.GraceEndsTick <= now.TickMs)
        {
            EndAttempt(task, AttemptRecord.Cancelled, error: null, success: null, now);
            Finish(task, TaskState.Cancelled, now);
        }
        // A peer that never began with it, or never got it, has used nothing.
        else if (lease.EndsTick <= now.TickMs && task.State == TaskState.Assigned && FederationMarks.IsPeer(lease.AgentId)) TakeBack(task, TaskEvent.LeaseLost, now);
        else if (lease.EndsTick <= now.TickMs) LoseLease(task, "lease-lost", $"No heartbeat for {lease.DurationMs / 1000.0} s.", now);
        else if (AttemptEnds(task, lease) <= now.TickMs)
            LoseLease(task, "attempt-timeout", $"The attempt took more than {task.Body!.Policy.AttemptTimeoutMs / 1000.0} s.", now);
        else LoseLease(task, "stalled", $"Nothing changed for {task.Body!.Policy.StallMs / 1000.0} s.", now);
    }

    private void WallDue(TaskItem task, Moment now)
    {
        if (task.DeadlineUnixMs <= now.UnixMs) MissDeadline(task, now);
        else BecomeReady(task, now);
    }

    private void MissDeadline(TaskItem task, Moment now)
    {
        task.Told.Error = new TaskError("deadline-exceeded", "The task was not finished by its deadline.", Retryable: false);
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
        _timers.Set(task, TimerOf(task, now));
        _wallTimers.Set(task, WallTimerOf(task));
    }

    private static long TimerOf(TaskItem task, Moment now)
    {
        if (task.Lease is { } lease)
            return Math.Min(Math.Min(lease.EndsTick, lease.GraceEndsTick), Math.Min(AttemptEnds(task, lease), StallEnds(task, lease)));
        if (task.State != TaskState.Scheduled || task.History is not { BackoffMs: > 0 } history) return Moment.Never;
        return now.TickMs + Math.Clamp(history.BackoffEndsUnixMs - now.UnixMs, 0, history.BackoffMs);
    }

    private static long WallTimerOf(TaskItem task)
    {
        if (task.State.IsFinal()) return Moment.Never;
        var due = task.DeadlineUnixMs ?? Moment.Never;
        var waitsForDate = task is { State: TaskState.Scheduled, History: null or { BackoffMs: 0 } };
        return waitsForDate ? Math.Min(due, task.NotBeforeUnixMs ?? Moment.Never) : due;
    }

    private static long AttemptEnds(TaskItem task, Lease lease) => lease.StartedTick + task.Body!.Policy.AttemptTimeoutMs;

    private static long StallEnds(TaskItem task, Lease lease)
        => task.Body!.Policy.StallMs is { } stall ? lease.ChangedTick + stall : Moment.Never;
}
