namespace TaskPlatform.Engine;

/// <summary>Tasks that failed or were cancelled are tried anew, and with them what their end had cancelled.</summary>
public sealed partial class TaskEngine
{
    private readonly HashSet<string> _wanted = [];
    private readonly Dictionary<string, List<Command.Retry>> _parkedRetries = [];
    private readonly Dictionary<string, List<(string CauseId, TaskItem Task)>> _revivingLater = [];
    private readonly HashSet<string> _operationsLater = [];
    private readonly HashSet<TaskItem> _brought = []; // for one question only: what is not changed by its answer leaves memory again
    private List<string> _newlyWanted = [];

    /// <summary>
    /// Tasks whose records memory has let go of and now needs; each once. Bring them with <see cref="Command.Bring"/>; what waits for them goes on then.
    /// </summary>
    public IReadOnlyList<string> TakeWanted()
    {
        if (_newlyWanted.Count == 0) return [];
        var wanted = _newlyWanted;
        _newlyWanted = [];
        return wanted;
    }

    private void Want(TaskItem task)
    {
        if (_wanted.Add(task.Id)) _newlyWanted.Add(task.Id);
    }

    private Outcome Retry(Command.Retry retry, Moment now)
    {
        if (!_tasks.TryGetValue(retry.TaskId, out var task)) return NotFound(retry.TaskId);
        if (task.State == TaskState.Completed) return RefuseFinished(task);
        if (!task.State.IsFinal()) return Answer(task);
        if (RefuseFull(adding: 1) is { } full) return new Outcome.Refused(full);
        if (task.IsPartlyInStore) return ParkRetry(retry, task);
        TryAnew(task, now);
        return Answer(task);
    }

    private Outcome ParkRetry(Command.Retry retry, TaskItem task)
    {
        Want(task);
        if (!_parkedRetries.TryGetValue(task.Id, out var parked)) _parkedRetries.Add(task.Id, parked = []);
        parked.Add(retry);
        return new Outcome.Parked();
    }

    private void TryAnew(TaskItem task, Moment now)
    {
        // A parent that waited for it may be over by its end.
        TellParent(task, now);
        var hindrance = Hindrance(task);
        if (task.State == TaskState.Cancelled && hindrance is not null)
        {
            StayCancelled(task, hindrance);
            return;
        }
        var before = task.State;
        ForgiveAndForget(task, now);
        // Blocked for a moment, as a task that was just submitted: what it depends on decides where it goes.
        Move(task, TaskState.Blocked, now);
        Need(task, +1);
        TakeUniqueAgain(task, now);
        ReviveDependents(task, before, now);
        Tell(TaskEvent.Retried, task);
        Tie(task);
        if (hindrance is not null) CancelBecause(task, hindrance, now);
        else if (task.UnmetDependencies == 0) Unblock(task, now);
    }

    /// <summary>
    /// The task that keeps this one from going on, if there is one: its parent, which is over, or a dependency that has ended otherwise than it must. One that
    /// was deleted counts as it did before: whether it had cancelled the task or let it go on, it cannot change any more.
    /// </summary>
    private string? Hindrance(TaskItem task)
    {
        if (task.Parent is { IsDeleted: false } parent && parent.State.IsFinal()) return parent.Id;
        foreach (var edge in task.DependsOn)
        {
            if (HasFired(task, edge)) continue;
            if (_tasks.TryGetValue(edge.Id, out var dependency) ? Evaluate(edge.On, dependency.State) == EdgeState.Impossible : task.CancelledBy == edge.Id) return edge.Id;
        }
        return null;
    }

    /// <summary>Nothing has changed for it but, perhaps, who keeps it.</summary>
    private void StayCancelled(TaskItem task, string hindrance)
    {
        _brought.Remove(task);
        if (task.CancelledBy != hindrance)
        {
            task.Told.CancelledBy = hindrance;
            MarkDirty(task);
            TieToCause(task, hindrance);
        }
        else Unload(task);
    }

    /// <summary>So that whoever keeps it cancelled finds it when it is tried anew; a parent finds its children anyway.</summary>
    private void TieToCause(TaskItem task, string causeId)
    {
        if (_tasks.TryGetValue(causeId, out var cause) && cause != task.Parent)
            TieTo(cause, new Tie(task, task.DependsOn.First(edge => edge.Id == cause.Id).On, task.Tied, IsTold: true));
    }

    private void ForgiveAndForget(TaskItem task, Moment now)
    {
        _brought.Remove(task);
        var history = task.Told;
        history.AttemptsForgiven = history.AttemptsUsed;
        (history.Requeues, history.Losses) = (0, 0);
        (history.CancelRequested, history.CancelReason, history.CancelledBy) = (false, null, null);
        (history.BackoffMs, history.BackoffEndsUnixMs, history.WorkedMs) = (0, 0, 0);
        (history.IsRerouted, history.Routing) = (false, null);
        history.ReadyAgainUnixMs = now.UnixMs;
        // Remembered, so that nobody misses their records at the next start.
        history.FiredEdges = [.. task.DependsOn.Where(edge => HasFired(task, edge) || !_tasks.ContainsKey(edge.Id))];
        task.FinishedUnixMs = null;
        if (task.DeadlineUnixMs <= now.UnixMs) task.DropDeadline();
    }

    /// <summary>
    /// Its dependents and children that are cancelled may be so because of it. An edge that its end has met stays met, which must now be remembered; who
    /// had not heard yet of an end that would cancel it goes on waiting.
    /// </summary>
    private void ReviveDependents(TaskItem task, TaskState before, Moment now)
    {
        var ties = task.Dependents;
        task.Dependents = null;
        foreach (var tie in ties ?? [])
        {
            if (tie.Holds && Evaluate(tie.On, before) == EdgeState.Met) Fire(tie, task, now);
            else if (tie.Holds) (task.Dependents ??= []).Add(tie with { IsTold = false });
            else if (tie.Number == tie.Task.Tied) Reconsider(task, tie.Task);
        }
        foreach (var child in task.Family?.Children ?? [])
        {
            // There is no result any more that it could judge.
            if (child.IsVerifier) continue;
            Reconsider(task, child);
            if (child is { CancelRequested: true, Lease: { } lease } && child.CancelledBy == task.Id) TakeBack(child, lease, now);
        }
    }

    private void Fire(Tie tie, TaskItem ended, Moment now)
    {
        var dependent = tie.Task;
        dependent.Told.FiredEdges = dependent.Told.FiredEdges.Add(tie.EdgeTo(ended));
        MarkDirty(dependent);
        if (!tie.IsTold && --dependent.UnmetDependencies == 0) Unblock(dependent, now);
    }

    /// <summary>The child was asked to stop because of its parent's end, which is none any more.</summary>
    private void TakeBack(TaskItem child, Lease lease, Moment now)
    {
        (child.Told.CancelRequested, child.Told.CancelledBy) = (false, null);
        child.Lease = lease with { GraceEndsTick = Moment.Never };
        SetTimers(child, now);
        MarkDirty(child);
    }

    private void Reconsider(TaskItem cause, TaskItem task)
    {
        if (task.State == TaskState.Cancelled) _reviving.Enqueue((cause.Id, task));
    }

    private void Revive(string causeId, TaskItem task, ref int budget, Moment now)
    {
        budget--;
        if (task.IsDeleted || task.State != TaskState.Cancelled)
        {
            _brought.Remove(task);
            return;
        }
        if (task.IsPartlyInStore)
        {
            Want(task);
            ReviveLater(task.Id, causeId, task);
        }
        else if (task.CancelledBy != causeId)
        {
            if (_brought.Remove(task)) Unload(task);
        }
        else if (RevivedBefore(task) is { } before) ReviveLater(before, causeId, task);
        else Revive(causeId, task, now);
    }

    /// <summary>A dependency that is to be revived first and whose records are still to come, if there is one.</summary>
    private string? RevivedBefore(TaskItem task)
    {
        if (_revivingLater.Count == 0) return null;
        foreach (var edge in task.DependsOn)
        {
            if (_revivingLater.ContainsKey(edge.Id)) return edge.Id;
        }
        return null;
    }

    private void ReviveLater(string wanted, string causeId, TaskItem task)
    {
        if (!_revivingLater.TryGetValue(wanted, out var later)) _revivingLater.Add(wanted, later = []);
        later.Add((causeId, task));
    }

    private void Revive(string causeId, TaskItem task, Moment now)
    {
        TryAnew(task, now);
        // The cause has let go of all its ties, and may be over again by now.
        if (task.State == TaskState.Cancelled && (task.IsPartlyInStore || task.CancelledBy == causeId)) TieToCause(task, causeId);
    }

    /// <summary>Records that were wanted are here: what waited for them goes on.</summary>
    private Outcome Bring(Command.Bring bring, Moment now)
    {
        foreach (var stored in bring.Tasks)
        {
            if (_tasks.TryGetValue(stored.Id, out var task) && task.IsPartlyInStore) Restore(task, stored);
            WantNoMore(stored.Id, now);
        }
        foreach (var operation in _operationsLater) _running.Enqueue(operation);
        _operationsLater.Clear();
        return new Outcome.Done();
    }

    /// <summary>What waited for a task's records goes on: they are here, or the task is gone.</summary>
    private void WantNoMore(string id, Moment now)
    {
        if (_wanted.Remove(id)) GoOnWith(id, now);
    }

    /// <summary>What was brought and not needed after all leaves memory again.</summary>
    private void LetGoOfBrought()
    {
        if (_brought.Count == 0 || _wanted.Count > 0 || HasWork) return;
        foreach (var task in _brought) Unload(task);
        _brought.Clear();
    }

    private void Restore(TaskItem task, TaskItem stored)
    {
        (task.Body, task.History) = (stored.Body, stored.History);
        task.IsPartlyInStore = false;
        _brought.Add(task);
    }

    private void GoOnWith(string id, Moment now)
    {
        HearBroughtVerdict(id, now);
        if (_revivingLater.Remove(id, out var revivals))
        {
            foreach (var revival in revivals) _reviving.Enqueue(revival);
        }
        if (!_parkedRetries.Remove(id, out var retries)) return;
        foreach (var retry in retries)
        {
            _isBrief = retry.IsBrief;
            var outcome = Retry(retry, now);
            // The one before it may have let go of the records again.
            if (outcome is Outcome.Parked) continue;
            Remember(retry, outcome, now);
            _answers.Add((retry, outcome));
        }
    }
}
