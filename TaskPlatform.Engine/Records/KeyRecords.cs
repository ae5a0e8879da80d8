namespace TaskPlatform.Engine;

/// <summary>A request that was made before, and what came of it.</summary>
public sealed record IdempotencyEntry(string Key, UInt128 Fingerprint, string? TargetId, long ExpiresUnixMs) : IQueueRecord
{
    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Key;
}

/// <summary>A unique key that stays taken for a time of its own, also when its task is over.</summary>
/// <param name="Key">The key.</param>
/// <param name="TaskId">The task that has it.</param>
/// <param name="ExpiresUnixMs">Until when, in Unix milliseconds.</param>
public sealed record UniqueEntry(string Key, string TaskId, long ExpiresUnixMs) : IQueueRecord
{
    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Unique;
}

/// <summary>What is remembered of a task that was deleted.</summary>
/// <param name="Key">The task's id.</param>
/// <param name="ExpiresUnixMs">Until when, in Unix milliseconds.</param>
public sealed record Tombstone(string Key, long ExpiresUnixMs) : IQueueRecord
{
    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Tombstone;
}

/// <summary>What was granted of a rate limit key lately.</summary>
/// <param name="Key">The key.</param>
/// <param name="Grants">When, in Unix milliseconds, and how many; the earliest first.</param>
public sealed record RateEntry(string Key, IReadOnlyList<(long UnixMs, int Count)> Grants) : IQueueRecord
{
    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Rate;
}

/// <summary>What was used of a budget key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Used">In the period that runs.</param>
/// <param name="PeriodStartUnixMs">When that began, in Unix milliseconds.</param>
public sealed record BudgetEntry(string Key, Usage Used, long PeriodStartUnixMs) : IQueueRecord
{
    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Budget;
}
