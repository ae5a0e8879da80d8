namespace TaskPlatform.Engine;

/// <summary>What happened to a task, told after it was stored.</summary>
/// <param name="Kind">The event's name.</param>
/// <param name="Task">The task itself: what never changes of it may be read, and until the event is told its body.</param>
/// <param name="State">The state that it was in then.</param>
/// <param name="Attempt">The number of its attempt then.</param>
/// <param name="AgentId">The agent that had part in it.</param>
/// <param name="Lease">The grant that the task was held by then; null for what ended one.</param>
/// <param name="Ended">The attempt that ended with it, if one did.</param>
/// <param name="Error">The task's last error then.</param>
/// <param name="ReportedProgress">How far the work was then; null before the agent said anything.</param>
/// <param name="Message">What the agent had said last.</param>
/// <param name="Routing">Where its route had given it to; null unless it was routed.</param>
public readonly record struct TaskEvent(
    string Kind, TaskItem Task, TaskState State, int Attempt, string? AgentId, Lease? Lease, AttemptRecord? Ended, TaskError? Error,
    double? ReportedProgress, string? Message, TaskRouting? Routing = null)
{
    /// <summary>A task came in.</summary>
    public const string Submitted = "submitted";

    /// <summary>A task became ready: its time came or its dependencies were met.</summary>
    public const string Ready = "ready";

    /// <summary>An agent took it.</summary>
    public const string Claimed = "claimed";

    /// <summary>The agent reported progress, a message or a checkpoint.</summary>
    public const string Progress = "progress";

    /// <summary>It has its result.</summary>
    public const string Completed = "completed";

    /// <summary>It failed for good.</summary>
    public const string Failed = "failed";

    /// <summary>An attempt failed; there will be another.</summary>
    public const string Retrying = "retrying";

    /// <summary>The agent gave it back.</summary>
    public const string Released = "released";

    /// <summary>The lease ran out or was taken away.</summary>
    public const string LeaseLost = "lease-lost";

    /// <summary>It waits for its children, an answer or a budget.</summary>
    public const string Waiting = "waiting";

    /// <summary>Somebody had it tried anew.</summary>
    public const string Retried = "retried";

    /// <summary>Somebody changed its priority, date or labels.</summary>
    public const string Updated = "updated";

    /// <summary>It was deleted.</summary>
    public const string Deleted = "deleted";

    /// <summary>The agent was asked to stop.</summary>
    public const string CancelRequested = "cancel-requested";

    /// <summary>It was cancelled.</summary>
    public const string Cancelled = "cancelled";
}
