using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Why something was not done. Named as the HTTP problems are.</summary>
/// <param name="Name">The problem's name.</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="Ids">The tasks it is about, such as a cycle.</param>
public sealed record Refusal(string Name, string Detail, ImmutableArray<string> Ids)
{
    /// <summary>The request contradicts itself.</summary>
    public const string InvalidRequest = "invalid-request";

    /// <summary>No such task.</summary>
    public const string TaskNotFound = "task-not-found";

    /// <summary>No such graph.</summary>
    public const string GraphNotFound = "graph-not-found";

    /// <summary>No such agent.</summary>
    public const string AgentNotFound = "agent-not-found";

    /// <summary>The id was used for another task.</summary>
    public const string IdConflict = "id-conflict";

    /// <summary>The idempotency key was used for another request.</summary>
    public const string IdempotencyMismatch = "idempotency-mismatch";

    /// <summary>A dependency that does not exist.</summary>
    public const string UnknownDependency = "unknown-dependency";

    /// <summary>Tasks that wait for each other.</summary>
    public const string CycleDetected = "cycle-detected";

    /// <summary>No such schedule.</summary>
    public const string ScheduleNotFound = "schedule-not-found";

    /// <summary>No such route.</summary>
    public const string RouteNotFound = "route-not-found";

    /// <summary>No such bulk operation.</summary>
    public const string OperationNotFound = "operation-not-found";

    /// <summary>The task was deleted less than a day ago.</summary>
    public const string TaskPurged = "task-purged";

    /// <summary>The task, or one that needs it, is not over.</summary>
    public const string TaskUnfinished = "task-unfinished";

    /// <summary>The task waits for no answer.</summary>
    public const string NotWaiting = "not-waiting";

    /// <summary>The task is over.</summary>
    public const string TaskFinished = "task-finished";

    /// <summary>The token names no grant that stands.</summary>
    public const string LeaseLost = "lease-lost";

    /// <summary>One of <see cref="EngineLimits"/> is reached.</summary>
    public const string QueueFull = "queue-full";

    /// <summary>A refusal about one task, or about none.</summary>
    public static Refusal Of(string name, string detail, params ReadOnlySpan<string> ids) => new(name, detail, [.. ids]);
}
