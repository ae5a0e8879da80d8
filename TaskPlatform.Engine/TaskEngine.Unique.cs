namespace TaskPlatform.Engine;

/// <summary>Keys of which there is one task at a time.</summary>
public sealed partial class TaskEngine
{
    private readonly Dictionary<string, UniqueHold> _unique = [];
    private readonly PriorityQueue<UniqueEntry, long> _uniqueByExpiry = new();

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

    /// <summary>The task is over: its key is free, unless a time was set that is not up.</summary>
    private void FreeUnique(TaskItem task, Moment now)
    {
        if (task.Body?.Unique is not { } unique || !_unique.TryGetValue(unique.Key, out var hold) || hold.TaskId != task.Id) return;
        if (hold.ExpiresUnixMs <= now.UnixMs) _unique.Remove(unique.Key);
    }

    /// <summary>Who is retried has its key again, unless another task has taken it.</summary>
    private void TakeUniqueAgain(TaskItem task, Moment now)
    {
        if (task.Body!.Unique is { } unique && FindUnique(unique.Key, now) is null) _unique[unique.Key] = new UniqueHold(task.Id, 0);
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
