namespace TaskPlatform.Engine;

/// <summary>Tasks that were submitted together, and those that they added.</summary>
public sealed class GraphItem : IQueueRecord
{
    /// <summary>The graph's id.</summary>
    public required string Id { get; init; }

    /// <summary>When it was submitted, in Unix milliseconds.</summary>
    public required long CreatedUnixMs { get; init; }

    /// <summary>How many tasks it was submitted with.</summary>
    public required int Size { get; init; }

    /// <summary>What its tasks may use together; null: no limit.</summary>
    public TaskBudget? Budget { get; init; }

    /// <summary>What grants of its tasks that ended have used.</summary>
    public Usage Used { get; internal set; }

    /// <summary>Whether somebody asked to cancel what is left of it, and that is not done yet.</summary>
    public bool CancelRequested { get; internal set; }

    /// <summary>Why, in the caller's words.</summary>
    public string? CancelReason { get; internal set; }

    /// <summary>Its tasks, in the order of the call; then those that were added.</summary>
    public IReadOnlyList<TaskItem> Tasks => Members;

    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Graph;

    /// <inheritdoc/>
    public string Key => Id;

    internal readonly List<TaskItem> Members = [];
    internal int CancelCursor;
    internal int Alive;
    internal BudgetGate? Gate;
}
