namespace TaskPlatform.Engine;

/// <summary>Finished tasks are forgotten: when their time is over, when there are too many, or when somebody asks for it.</summary>
public sealed partial class TaskEngine
{
    private readonly Queue<(TaskItem Task, long FinishedUnixMs)> _finished = new();
    private readonly PriorityQueue<(TaskItem Task, long FinishedUnixMs), long> _stillNeeded = new();
    private readonly Dictionary<string, long> _tombstones = [];
    private readonly PriorityQueue<Tombstone, long> _tombstonesByExpiry = new();

    private int MostFinished => Math.Min(Settings.Retention.Count, limits.FinishedTasks);

    /// <summary>When the next finished task is to be looked at, in Unix milliseconds; now is as good as any time where there are too many.</summary>
    private long NextRetention
    {
        get
        {
            while (_finished.TryPeek(out var first) && !IsStillFinished(first)) _finished.Dequeue();
            var again = _stillNeeded.TryPeek(out _, out var due) ? due : Moment.Never;
            if (!_finished.TryPeek(out var oldest)) return again;
            if (FinishedCount - _stillNeeded.Count > MostFinished) return 0;
            return Math.Min(again, AddTime(oldest.FinishedUnixMs, Settings.Retention.AgeMs));
        }
    }

    /// <summary>There may be room again for one that was needed when its time came.</summary>
    private bool IsOverdue((TaskItem Task, long FinishedUnixMs) entry, Moment now)
        => FinishedCount > MostFinished || AddTime(entry.FinishedUnixMs, Settings.Retention.AgeMs) <= now.UnixMs;

    private static long AddTime(long unixMs, long ms) => ms > Moment.Never - unixMs ? Moment.Never : unixMs + ms;

    private static bool IsStillFinished((TaskItem Task, long FinishedUnixMs) entry)
        => !entry.Task.IsDeleted && entry.Task.FinishedUnixMs == entry.FinishedUnixMs && entry.Task.State.IsFinal();

    private void Retain(TaskItem task) => _finished.Enqueue((task, task.FinishedUnixMs!.Value));

    private void DeleteOverdue(Moment now)
    {
        for (var budget = limits.StepTasks; budget > 0 && NextRetention <= now.UnixMs; budget--)
        {
            // The oldest of those that were needed when their time came, if it is time to look at it again; else the oldest of all.
            var entry = _stillNeeded.TryPeek(out _, out var due) && due <= now.UnixMs ? _stillNeeded.Dequeue() : _finished.Dequeue();
            if (!IsStillFinished(entry)) continue;
            if (IsNeeded(entry.Task) || !IsOverdue(entry, now)) _stillNeeded.Enqueue(entry, now.UnixMs + limits.StillNeededMs);
            else Delete(entry.Task, now);
        }
    }

    /// <summary>Whether a task that is not over depends on it, added it, or was added by it.</summary>
    private static bool IsNeeded(TaskItem task)
        => task.NeededBy > 0 || task.Family is { Open: > 0 } || (task.Parent is { IsDeleted: false } parent && !parent.State.IsFinal());

    private Outcome Delete(Command.Delete delete, Moment now)
    {
        if (!_tasks.TryGetValue(delete.TaskId, out var task)) return NotFound(delete.TaskId);
        if (!task.State.IsFinal()) return Refuse(Refusal.TaskUnfinished, $"The task '{task.Id}' is {Words.Of(task.State)}.", task.Id);
        if (IsNeeded(task)) return Refuse(Refusal.TaskUnfinished, $"A task that is not finished needs '{task.Id}'.", task.Id);
        Delete(task, now);
        return new Outcome.Done();
    }

    /// <summary>The one place where a task goes away.</summary>
    private void Delete(TaskItem task, Moment now)
    {
        Tell(TaskEvent.Deleted, task);
        Count(task, -1);
        _tasks.Remove(task.Id);
        _table.Remove(task);
        task.IsDeleted = true;
        task.Dependents = null;
        task.Parent?.Family?.Children.Remove(task);
        LeaveGraph(task);
        _deletedTasks.Add(task.Id);
        Bury(new Tombstone(task.Id, now.UnixMs + limits.TombstoneMs));
        WantNoMore(task.Id, now);
    }

    private void LeaveGraph(TaskItem task)
    {
        if (task.GraphId is not { } id || !_graphs.TryGetValue(id, out var graph) || --graph.Alive > 0) return;
        _graphs.Remove(id);
        Forget(RecordKind.Graph, id);
    }

    private void Bury(Tombstone tombstone)
    {
        _tombstones[tombstone.Key] = tombstone.ExpiresUnixMs;
        _tombstonesByExpiry.Enqueue(tombstone, tombstone.ExpiresUnixMs);
        MarkDirty(tombstone);
        while (_tombstones.Count > limits.Tombstones) ForgetTombstone();
    }

    private void ForgetTombstones(Moment now)
    {
        var budget = limits.StepTasks;
        while (budget-- > 0 && _tombstonesByExpiry.TryPeek(out _, out var expires) && expires <= now.UnixMs) ForgetTombstone();
    }

    private void ForgetTombstone()
    {
        var tombstone = _tombstonesByExpiry.Dequeue();
        if (!_tombstones.TryGetValue(tombstone.Key, out var expires) || expires != tombstone.ExpiresUnixMs) return;
        _tombstones.Remove(tombstone.Key);
        Forget(RecordKind.Tombstone, tombstone.Key);
    }
}
