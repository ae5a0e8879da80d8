namespace TaskPlatform.Engine;

/// <summary>Tasks that were submitted together.</summary>
public sealed class GraphItem
{
    /// <summary>The graph's id.</summary>
    public required string Id { get; init; }

    /// <summary>When it was submitted, in Unix milliseconds.</summary>
    public required long CreatedUnixMs { get; init; }

    /// <summary>How many tasks it was submitted with.</summary>
    public required int Size { get; init; }

    /// <summary>Whether somebody asked to cancel what is left of it.</summary>
    public bool CancelRequested { get; internal set; }

    /// <summary>Why, in the caller's words.</summary>
    public string? CancelReason { get; internal set; }

    /// <summary>Its tasks, in the order of the call.</summary>
    public IReadOnlyList<TaskItem> Tasks => Members;

    internal readonly List<TaskItem> Members = [];
    internal int CancelCursor;
    internal bool IsDirty;
}

/// <summary>A request that was made before, and what came of it.</summary>
public sealed record IdempotencyEntry(string Key, UInt128 Fingerprint, string? TargetId, long ExpiresUnixMs);
