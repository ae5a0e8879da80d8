using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Wire;

/// <summary>What is done to each task that matches.</summary>
[JsonConverter(typeof(WireEnumConverter<BulkAction>))]
public enum BulkAction
{
    /// <summary>Cancels what is not over.</summary>
    Cancel,
    /// <summary>Retries what failed or was cancelled.</summary>
    Retry,
    /// <summary>Deletes what is over and not needed by what is not.</summary>
    Delete,
}

/// <summary>How far a bulk operation is.</summary>
[JsonConverter(typeof(WireEnumConverter<OperationState>))]
public enum OperationState
{
    /// <summary>It goes on.</summary>
    Running,
    /// <summary>It has seen every task.</summary>
    Completed,
}

/// <summary>Which tasks; at least one field is given, and those left out match everything.</summary>
public sealed record BulkFilter
{
    /// <summary>Only tasks in this state.</summary>
    public TaskState? State { get; init; }
    /// <summary>Only tasks of this type.</summary>
    public string? Type { get; init; }
    /// <summary>Only tasks that this agent holds or held last.</summary>
    public string? AgentId { get; init; }
    /// <summary>Only tasks of this graph.</summary>
    public string? GraphId { get; init; }
    /// <summary>Only tasks with this label: <c>name=value</c>, or a name alone.</summary>
    public string? Label { get; init; }
}

/// <summary>The same is to be done to every task that matches.</summary>
public sealed record BulkRequest
{
    /// <summary>What to do.</summary>
    public BulkAction? Action { get; init; }
    /// <summary>To which tasks.</summary>
    public BulkFilter? Filter { get; init; }
    /// <summary>Only count what would be changed; false when unset.</summary>
    public bool? DryRun { get; init; }
}

/// <summary>The bulk operation that was begun.</summary>
public sealed record BulkReply
{
    /// <summary>Its id.</summary>
    public required string OperationId { get; init; }
}

/// <summary>A bulk operation as it stands. It goes through the tasks that were there when it was asked for, newest first.</summary>
public sealed record OperationInfo
{
    /// <summary>Its id.</summary>
    public required string OperationId { get; init; }
    /// <summary>What it does.</summary>
    public BulkAction Action { get; init; }
    /// <summary>To which tasks.</summary>
    public required BulkFilter Filter { get; init; }
    /// <summary>Whether it only counts.</summary>
    public bool DryRun { get; init; }
    /// <summary>How far it is.</summary>
    public OperationState State { get; init; }
    /// <summary>Tasks that matched so far.</summary>
    public long Matched { get; init; }
    /// <summary>Tasks that were changed, or with a dry run would have been.</summary>
    public long Changed { get; init; }
    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>When it was done.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
