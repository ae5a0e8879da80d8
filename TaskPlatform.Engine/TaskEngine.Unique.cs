namespace TaskPlatform.Engine;

/// <summary>Keys of which there is one task at a time.</summary>
public sealed partial class TaskEngine
{
    private readonly Dictionary<string, UniqueHold> _unique = [];
    private readonly PriorityQueue<UniqueEntry, long> _uniqueByExpiry = new();

    /// <summary>Unfinished tasks whose key a later one has: only who was retried can be among them.</summary>
    private readonly Dictionary<string, List<TaskItem>> _uniqueHeirs = [];

    /// <summary>Who has a unique key, and until when in any case; 0: only while it is not over.</summary>
    private readonly record struct UniqueHold(string TaskId, long ExpiresUnixMs);

    /// <summary>The task that has the key; null when it is free.</summary>
    private TaskItem? FindUnique(string key, Moment now)
    {
        if (!_unique.TryGetValue(key, out var hold) || !_tasks.TryGetValue(hold.TaskId, out var task)) return null;
        return !task.State.IsFinal() || hold.ExpiresUnixMs > now.UnixMs ? task : null;
    }

    private void TakeUnique(TaskItem task)
    {
        if (task.Body!.Unique is not { } unique) return;
        var expires = unique.ForMs is { } time ? task.CreatedUnixMs + time : 0;
        _unique[unique.Key] = new UniqueHold(task.Id, expires);
        if (expires > 0) Keep(new UniqueEntry(unique.Key, task.Id, expires));
    }

    /// <summary>A key with a time of its own has a record: when that time is up, its task may long have left memory.</summary>
    private void Keep(UniqueEntry entry)
    {
        _uniqueByExpiry.Enqueue(entry, entry.ExpiresUnixMs);
        MarkDirty(entry);
    }

    /// <summary>The task is over: another that is not has its key, or the key is free, unless a time was set that is not up.</summary>
    private void FreeUnique(TaskItem task, Moment now)
    {
        if (task.Body?.Unique is not { Key: var key } || !_unique.TryGetValue(key, out var hold)) return;
        if (hold.TaskId != task.Id) Disinherit(task, key);
        else if (_uniqueHeirs.TryGetValue(key, out var heirs))
        {
            var heir = heirs.MaxBy(other => other.Order)!;
            Disinherit(heir, key);
            HandOver(key, hold, heir);
        }
        else if (hold.ExpiresUnixMs <= now.UnixMs) _unique.Remove(key);
    }

    /// <summary>Who is retried has its key again, unless a task that came later has it and is not over.</summary>
    private void TakeUniqueAgain(TaskItem task, Moment now)
    {
        if (task.Body!.Unique is not { Key: var key }) return;
        var holder = FindUnique(key, now);
        if (holder == task) return;
        var rival = holder is { State: var state } && !state.IsFinal() ? holder : null;
        if (rival?.Order > task.Order)
        {
            Inherit(task, key);
            return;
        }
        if (rival is not null) Inherit(rival, key);
        HandOver(key, _unique.GetValueOrDefault(key), task);
    }

    private void HandOver(string key, UniqueHold from, TaskItem to)
    {
        if (from.ExpiresUnixMs > 0) Forget(RecordKind.Unique, key);
        _unique[key] = new UniqueHold(to.Id, 0);
    }

    private void Inherit(TaskItem task, string key)
    {
        if (!_uniqueHeirs.TryGetValue(key, out var heirs)) _uniqueHeirs.Add(key, heirs = []);
        heirs.Add(task);
    }

    private void Disinherit(TaskItem task, string key)
    {
        if (_uniqueHeirs.TryGetValue(key, out var heirs) && heirs.Remove(task) && heirs.Count == 0) _uniqueHeirs.Remove(key);
    }

    /// <summary>A stored task that is not over has its key; of several the last. Tasks come in the order of arrival.</summary>
    private void LoadUnique(TaskItem task)
    {
        if (task.Body?.Unique is not { Key: var key }) return;
        if (_unique.TryGetValue(key, out var hold)) Inherit(_tasks[hold.TaskId], key);
        _unique[key] = new UniqueHold(task.Id, 0);
    }

    private void ForgetUnique(Moment now)
    {
        var budget = limits.StepTasks;
        while (budget-- > 0 && _uniqueByExpiry.TryPeek(out var entry, out var expires) && expires <= now.UnixMs)
        {
            _uniqueByExpiry.Dequeue();
            var isHeld = _unique.TryGetValue(entry.Key, out var hold);
            if (isHeld && hold.ExpiresUnixMs > now.UnixMs) continue;
            Forget(RecordKind.Unique, entry.Key);
            if (!isHeld) continue;
            if (!_tasks.TryGetValue(hold.TaskId, out var task) || task.State.IsFinal()) _unique.Remove(entry.Key);
            else _unique[entry.Key] = hold with { ExpiresUnixMs = 0 };
        }
    }
}
