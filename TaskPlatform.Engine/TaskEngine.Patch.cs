using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What may be changed of a task.</summary>
public sealed partial class TaskEngine
{
    private const int LabelsMost = 32;

    private Outcome Patch(Command.Patch patch, Moment now)
    {
        if (!_tasks.TryGetValue(patch.TaskId, out var task)) return NotFound(patch.TaskId);
        if (task.State.IsFinal()) return RefuseFinished(task);
        var labels = patch.Labels is { } changes ? Merge(task.Labels, changes) : task.Labels;
        if (labels.Count > LabelsMost) return Refuse(Refusal.InvalidRequest, $"A task has {LabelsMost} labels at most.", task.Id);
        if (!ReferenceEquals(labels, task.Labels))
        {
            task.Labels = labels;
            _table.SetLabels(task);
        }
        if (patch.Priority is { } priority) SetPriority(task, priority);
        if (patch.NotBefore is { } date) SetDate(task, date.UnixMs, now);
        MarkDirty(task);
        Tell(TaskEvent.Updated, task);
        return Answer(task);
    }

    private static ImmutableSortedDictionary<string, string> Merge(
        ImmutableSortedDictionary<string, string> labels, ImmutableSortedDictionary<string, string?> changes)
    {
        foreach (var (name, value) in changes) labels = value is null ? labels.Remove(name) : labels.SetItem(name, value);
        return labels;
    }

    private void SetPriority(TaskItem task, TaskPriority priority)
    {
        if (task.State == TaskState.Pending) StepOut(task);
        _priorities[(int)task.Priority - 1]--;
        task.Priority = priority;
        _priorities[(int)priority - 1]++;
        if (task.State == TaskState.Pending) StepIn(task);
    }

    /// <summary>Only an attempt that has not begun can be put off.</summary>
    private void SetDate(TaskItem task, long? unixMs, Moment now)
    {
        task.NotBeforeUnixMs = unixMs;
        var isEarly = unixMs > now.UnixMs;
        if (task.State == TaskState.Pending && isEarly && !task.IsAttemptOpen) Move(task, TaskState.Scheduled, now);
        else if (task.State == TaskState.Scheduled && !isEarly && task.History is null or { BackoffMs: 0 }) BecomeReady(task, now);
        // A backoff that runs counts on the monotonic clock: asked for anew, its rest would be told by the wall clock.
        else if (task is not { State: TaskState.Scheduled, History.BackoffMs: > 0 }) SetTimers(task, now);
    }
}
