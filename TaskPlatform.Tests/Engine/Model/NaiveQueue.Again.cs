using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Tasks are tried anew, changed and forgotten.</summary>
internal sealed partial class NaiveQueue
{
    private Dictionary<string, long> _tombstones = [];

    private string Retry(Command.Retry retry)
    {
        if (!_tasks.TryGetValue(retry.TaskId, out var task)) return NoTask(retry.TaskId);
        if (task.State == TaskState.Completed) return $"refused task-finished {task.Id}";
        if (!task.State.IsFinal()) return Words.Of(task.State);
        if (!task.IsAway || IsFullFor(1)) return TryAnew(task);
        _parkedRetries.Add(retry);
        return "waits";
    }

    private string TryAnew(NaiveTask task)
    {
        if (IsLost(task) && IsFullFor(1)) return "refused queue-full";
        if (IsLost(task)) Revive(task);
        return Words.Of(task.State);
    }

    private bool WantsRecords => _parkedRetries.Count + _revivalsLater.Count > 0 || _operations.Values.Any(operation => operation.WantsRecords);

    /// <summary>The records that were wanted are brought: what waited for them goes on.</summary>
    private void Bring()
    {
        var retries = _parkedRetries;
        (_parkedRetries, _revivals, _revivalsLater) = ([], [.. _revivalsLater], []);
        foreach (var (_, id) in _revivals)
        {
            if (_tasks.TryGetValue(id, out var brought)) brought.IsAway = false;
        }
        foreach (var retry in retries)
        {
            var text = _tasks.ContainsKey(retry.TaskId) ? TryAnew(_tasks[retry.TaskId]) : NoTask(retry.TaskId);
            Answers.Add((retry, text, []));
            Remember(retry, text);
        }
        foreach (var operation in _operations.Values.Where(operation => operation.WantsRecords))
        {
            operation.WantsRecords = false;
            foreach (var task in Tasks.Where(task => operation.Brought.Contains(task.Id) && Matches(task, operation.What.Filter))) task.IsAway = false;
        }
    }

    /// <summary>Back into line with all its attempts, and with it what its end had cancelled.</summary>
    private void Revive(NaiveTask task)
    {
        // Its parent hears of its end first; an end keeps the edges met that it has met.
        var isUntold = _ended.Contains(task);
        if (isUntold) TellParent(task);
        else KeepMet(task);
        var hindrance = Hindrance(task);
        if (task.State == TaskState.Cancelled && hindrance is not null)
        {
            task.By = hindrance;
            return;
        }
        if (isUntold) KeepMet(task);
        _ended.Remove(task);
        (task.Forgiven, task.Requeues, task.Losses) = (task.Used, 0, 0);
        (task.BackoffMs, task.BackoffEndsUnixMs, task.WorkedMs, task.IsRerouted, task.FreeSinceTick) = (0, 0, 0, false, null);
        (task.CancelRequested, task.Reason, task.By, task.IsAway) = (false, "none", "none", false);
        if (task.Deadline <= Now.UnixMs) task.Deadline = null;
        if (task.ParentId is not null && _tasks.TryGetValue(task.ParentId, out var parent)) parent.LostBefore = parent.LostBefore.Remove(task.Id);
        task.Met = task.Met.Union(task.What.DependsOn.Where(edge => !_tasks.ContainsKey(edge.Id)));
        if (task.What.Body.Unique is { } unique && (Winner(task.What) is not { } winner || (winner != task && (winner.State.IsFinal() || winner.Order < task.Order))))
            _unique[unique.Key] = (task.Id, 0);
        foreach (var other in Tasks.Where(other => isUntold && other.State == TaskState.Blocked && DependsOn(other, task) && !Open(other).Any()).ToList()) GetReady(other);
        if (hindrance is not null) Cancel(task, hindrance);
        else Place(task);
        foreach (var other in Tasks.Where(other => other.Lease is not null && other.CancelRequested && other.By == task.Id && !other.IsVerifier))
            (other.CancelRequested, other.By, other.Lease!.GraceEnds) = (false, "none", Moment.Never);
        _revivals.AddRange(Tasks.Where(other => other.State == TaskState.Cancelled && other.By == task.Id && !other.IsVerifier).Select(other => (task.Id, other.Id)));
    }

    private static bool DependsOn(NaiveTask task, NaiveTask other) => task.What.DependsOn.Any(edge => edge.Id == other.Id);

    private void KeepMet(NaiveTask task)
    {
        foreach (var other in Tasks.Where(other => other.State == TaskState.Blocked || (other.State == TaskState.Cancelled && other.By == task.Id)))
            other.Met = other.Met.Union(other.What.DependsOn.Where(edge => edge.Id == task.Id && IsMet(edge.On, task.State)));
    }

    /// <summary>Those that are away have to be brought first.</summary>
    private void ReviveOthers()
    {
        for (var next = 0; next < _revivals.Count; next++)
        {
            var (cause, id) = _revivals[next];
            if (!_tasks.TryGetValue(id, out var task) || task.State != TaskState.Cancelled || task.By != cause) continue;
            if (task.IsAway || task.What.DependsOn.Any(edge => _revivalsLater.Any(later => later.TaskId == edge.Id))) _revivalsLater.Add((cause, id));
            else Revive(task);
        }
        _revivals.Clear();
    }

    /// <summary>What keeps it from going on: its parent, which is over, or the first dependency that can no longer be met. What was deleted does so if it had cancelled it.</summary>
    private string? Hindrance(NaiveTask task)
    {
        if (task.ParentId is { } parent && _tasks.TryGetValue(parent, out var adder) && adder.State.IsFinal()) return parent;
        return task.What.DependsOn.Where(edge => !task.Met.Contains(edge))
            .FirstOrDefault(edge => _tasks.TryGetValue(edge.Id, out var other) ? other.State.IsFinal() && !IsMet(edge.On, other.State) : task.By == edge.Id).Id;
    }

    private string Patch(Command.Patch patch)
    {
        if (!_tasks.TryGetValue(patch.TaskId, out var task)) return NoTask(patch.TaskId);
        if (task.State.IsFinal()) return $"refused task-finished {task.Id}";
        task.Priority = patch.Priority ?? task.Priority;
        if (patch.Labels is not null) SetLabels(task, patch.Labels);
        if (patch.NotBefore is not { } date) return Words.Of(task.State);
        task.NotBefore = date.UnixMs;
        if (!task.IsOpen && (task.State == TaskState.Pending || (task.State == TaskState.Scheduled && task.BackoffMs == 0))) SetOut(task);
        return Words.Of(task.State);
    }

    private void SetOut(NaiveTask task)
    {
        if (task.State == TaskState.Pending && !(task.NotBefore > Now.UnixMs)) return;
        GetReady(task);
    }

    private static void SetLabels(NaiveTask task, IEnumerable<KeyValuePair<string, string?>> labels)
    {
        foreach (var (name, value) in labels) task.Labels = value is null ? task.Labels.Remove(name) : task.Labels.SetItem(name, value);
    }

    private string Delete(Command.Delete delete)
    {
        if (!_tasks.TryGetValue(delete.TaskId, out var task)) return NoTask(delete.TaskId);
        if (!MayGo(task)) return $"refused task-unfinished {task.Id}";
        Forget(task);
        return "done";
    }

    /// <summary>Whether it is over, and so is what depends on it, what added it and what it added.</summary>
    private bool MayGo(NaiveTask task) => task.State.IsFinal() && !_tasks.Values.Any(other => !other.State.IsFinal()
        && (other.Id == task.ParentId || other.ParentId == task.Id || other.What.DependsOn.Any(edge => edge.Id == task.Id)));

    private void Forget(NaiveTask task)
    {
        FreeKeys((other, _) => other == task);
        _tasks.Remove(task.Id);
        _tombstones[task.Id] = Now.UnixMs + DayMs;
        if (task.GraphId is { } graph && !TasksOf(graph).Any()) _graphs.Remove(graph);
    }

    /// <summary>
    /// Retention takes what is too old or too many, never what is needed; what was needed when its time came is looked at again within a minute.
    /// So the engine's word is taken for when one goes, as long as it may go, and goes in time.
    /// </summary>
    /// <param name="isThere">Whether the engine still has a task.</param>
    /// <returns>A task that should have gone by now.</returns>
    public NaiveTask? Retain(Func<string, bool> isThere)
    {
        var isFirst = true;
        foreach (var task in _tasks.Values.Where(task => task.State.IsFinal()).OrderBy(task => task.EndNumber).ToList())
        {
            var isTooOld = task.FinishedUnixMs + _settings.Retention.AgeMs <= Now.UnixMs;
            if (MayGo(task) && (isTooOld || IsTooMany(other => other.EndNumber < task.EndNumber && other.FinishedUnixMs != task.FinishedUnixMs)) && !isThere(task.Id)) Forget(task);
            var isDue = isTooOld || IsTooMany(other => other.EndNumber <= task.EndNumber && other != task);
            task.FreeSinceTick = MayGo(task) && isDue && isFirst ? Math.Max(task.FreeSinceTick ?? Now.TickMs, _clockReachedTick) : null;
            // Who ended later has to wait, also when its time came before because the clock was set.
            isFirst &= isDue;
        }
        return _tasks.Values.FirstOrDefault(task => task.FreeSinceTick < Now.TickMs - Limits.StillNeededMs);
    }

    /// <summary>Whether there are too many even if only those that ended before are taken. Those that ended in one moment have no order.</summary>
    private bool IsTooMany(Func<NaiveTask, bool> endedBefore)
        => _tasks.Values.Count(task => task.State.IsFinal()) - _tasks.Values.Count(task => task.State.IsFinal() && endedBefore(task)) > _settings.Retention.Count;
}
