namespace TaskPlatform.Engine;

/// <summary>A changed task, and which of its records beside the state are to be written.</summary>
public readonly record struct TaskChange(TaskItem Task, bool WritesBody, bool WritesResult);

/// <summary>A record of the queue beside its tasks that changed.</summary>
/// <param name="Kind">What it is of.</param>
/// <param name="Key">Its name among those of its kind.</param>
/// <param name="Record">What it holds now; null: it is gone.</param>
public readonly record struct RecordChange(RecordKind Kind, string Key, IQueueRecord? Record);

/// <summary>What memory changed since it was last asked: to be stored before anybody is told.</summary>
/// <param name="Tasks">Each changed task once, in the order in which they first changed.</param>
/// <param name="DeletedTasks">Ids of tasks whose records are to be deleted.</param>
/// <param name="Records">Each other changed record once.</param>
/// <param name="Settings">The settings, when they changed.</param>
public sealed record EngineChanges(
    IReadOnlyList<TaskChange> Tasks, IReadOnlyList<string> DeletedTasks, IReadOnlyList<RecordChange> Records, QueueSettings? Settings)
{
    /// <summary>Whether nothing changed.</summary>
    public bool IsEmpty => Tasks.Count == 0 && DeletedTasks.Count == 0 && Records.Count == 0 && Settings is null;
}
