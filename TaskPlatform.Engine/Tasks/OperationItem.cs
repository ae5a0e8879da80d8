namespace TaskPlatform.Engine;

/// <summary>Something that is done to every task that matches.</summary>
public sealed record OperationItem(string Id, BulkAction Action, TaskFilter Filter, bool IsDryRun) : IQueueRecord
{
    /// <summary>When it was asked for, in Unix milliseconds.</summary>
    public long CreatedUnixMs { get; init; }

    /// <summary>When it was done, in Unix milliseconds; null while it runs.</summary>
    public long? FinishedUnixMs { get; init; }

    /// <summary>Tasks from this place in line on are done; it goes from the newest to the oldest.</summary>
    public long Before { get; init; }

    /// <summary>Tasks that matched so far.</summary>
    public long Matched { get; init; }

    /// <summary>Tasks that were changed, or with a dry run would have been.</summary>
    public long Changed { get; init; }

    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Operation;

    /// <inheritdoc/>
    public string Key => Id;
}
