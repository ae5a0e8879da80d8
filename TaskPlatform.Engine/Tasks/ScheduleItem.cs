namespace TaskPlatform.Engine;

/// <summary>What a schedule does while its last task is not over.</summary>
/// <remarks>The numbers stand in stored records: never change one.</remarks>
public enum Overlap : byte
{
    /// <summary>It makes none this time.</summary>
    Skip = 0,

    /// <summary>It makes the next one, which waits until the last is over.</summary>
    Queue = 1,

    /// <summary>It cancels the last one and makes the next, which waits until the last is over.</summary>
    Replace = 2,
}

/// <summary>When to make a task, and which.</summary>
/// <param name="Cron">The times, as a cron expression of five fields, or of six with seconds.</param>
/// <param name="TimeZone">Whose clock they are on: an IANA name.</param>
/// <param name="Overlap">What to do while the last task is not over.</param>
/// <param name="Task">The task to make; its id is replaced.</param>
public sealed record ScheduleSpec(string Cron, string TimeZone, Overlap Overlap, TaskSubmission Task);

/// <summary>A schedule, and how far it is.</summary>
public sealed record ScheduleItem(string Name, ScheduleSpec Spec) : IQueueRecord
{
    /// <summary>When it was set, in Unix milliseconds.</summary>
    public long CreatedUnixMs { get; init; }

    /// <summary>When it next makes a task, in Unix milliseconds; null: never again.</summary>
    public long? NextUnixMs { get; init; }

    /// <summary>When the last task was due, in Unix milliseconds; null before the first.</summary>
    public long? LastUnixMs { get; init; }

    /// <summary>The last task that it made.</summary>
    public string? LastTaskId { get; init; }

    /// <summary>How many tasks it has made.</summary>
    public long Made { get; init; }

    /// <summary>How many times passed without one: the last task was not over, nobody served the queue, or the queue was full.</summary>
    public long Skipped { get; init; }

    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Schedule;

    /// <inheritdoc/>
    public string Key => Name;
}
