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
        if (task.IsAway)
        {
            _wanted.Add(retry);
            return "waits";
        }
        Revive(task);
        return Words.Of(task.State);
    }

    /// <summary>The records that retries wanted have been brought.</summary>
    public void Bring()
    {
        foreach (var retry in _wanted)
        {
            if (_tasks.TryGetValue(retry.TaskId, out var task) && IsLost(task)) Revive(task);
            var text = task is null ? NoTask(retry.TaskId) : Words.Of(task.State);
            Answers.Add((retry, text, []));
            Remember(retry, text);
        }
        if (_wanted.Count > 0) Advance();
        _wanted.Clear();
    }

    /// <summary>Back into line with all its attempts, and with it what its end had cancelled.</summary>
    private void Revive(NaiveTask task)
    {
        (task.Forgiven, task.Requeues, task.Losses) = (task.Used, 0, 0);
        (task.CancelRequested, task.Reason, task.By, task.IsAway) = (false, "none", "none", false);
        if (task.Deadline <= Now.UnixMs) task.Deadline = null;
        Place(task);
        foreach (var other in Tasks.Where(other => other.State == TaskState.Cancelled && other.By == task.Id).ToList()) Revive(other);
    }

    private string Patch(Command.Patch patch)
    {
        if (!_tasks.TryGetValue(patch.TaskId, out var task)) return NoTask(patch.TaskId);
        if (task.State.IsFinal()) return $"refused task-finished {task.Id}";
        task.Priority = patch.Priority ?? task.Priority;
        foreach (var (name, value) in patch.Labels ?? []) task.Labels = value is null ? task.Labels.Remove(name) : task.Labels.SetItem(name, value);
        if (patch.NotBefore is not { } date) return Words.Of(task.State);
        task.NotBefore = date.UnixMs;
        if (task.State == TaskState.Pending || (task.State == TaskState.Scheduled && task.BackoffMs == 0)) GetReady(task);
        return Words.Of(task.State);
    }

    private string Delete(Command.Delete delete)
    {
        if (!_tasks.TryGetValue(delete.TaskId, out var task)) return NoTask(delete.TaskId);
        if (!MayGo(task)) return $"refused task-unfinished {task.Id}";
        Forget(task);
        return "done";
    }

    /// <summary>Whether it is over, and so is what depends on it and what added it.</summary>
    private bool MayGo(NaiveTask task) => task.State.IsFinal()
        && !_tasks.Values.Any(other => !other.State.IsFinal() && (other.Id == task.ParentId || other.What.DependsOn.Any(edge => edge.Id == task.Id)));

    private void Forget(NaiveTask task)
    {
        _tasks.Remove(task.Id);
        _tombstones[task.Id] = Now.UnixMs + DayMs;
        foreach (var key in _unique.Where(pair => pair.Value.TaskId == task.Id).Select(pair => pair.Key).ToList()) _unique.Remove(key);
        if (task.GraphId is { } graph && !TasksOf(graph).Any()) _graphs.Remove(graph);
    }

    /// <summary>In the order of their end: what is too old, and what is too many. What is still needed stays.</summary>
    private void Retain()
    {
        foreach (var task in _tasks.Values.Where(task => task.State.IsFinal()).OrderBy(task => task.EndNumber).ToList())
        {
            var isTooMany = _tasks.Values.Count(other => other.State.IsFinal()) > _settings.Retention.Count;
            if ((isTooMany || task.FinishedUnixMs + _settings.Retention.AgeMs <= Now.UnixMs) && MayGo(task)) Forget(task);
        }
    }
}
