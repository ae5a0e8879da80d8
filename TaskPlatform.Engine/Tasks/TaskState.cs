namespace TaskPlatform.Engine;

/// <summary>Where a task is in its life; docs/state-machine.md draws the transitions.</summary>
/// <remarks>The numbers stand in stored records: never change one.</remarks>
public enum TaskState : byte
{
    /// <summary>Ready: stands in a lane until an agent claims it.</summary>
    Pending = 0,

    /// <summary>Claimed; the agent has not been heard of since.</summary>
    Assigned = 1,

    /// <summary>Claimed, and the agent has sent a heartbeat, progress or a checkpoint.</summary>
    InProgress = 2,

    /// <summary>Finished with a result.</summary>
    Completed = 3,

    /// <summary>Finished without one: no attempt is left, or the error was final.</summary>
    Failed = 4,

    /// <summary>Finished because somebody asked for it, or because a dependency made it impossible.</summary>
    Cancelled = 5,

    /// <summary>Waits for its time: <c>notBefore</c>, or the backoff after a failure.</summary>
    Scheduled = 6,

    /// <summary>Waits for other tasks.</summary>
    Blocked = 7,

    /// <summary>Waits for children, an answer or a budget.</summary>
    Waiting = 8,
}

/// <summary>How urgent a task is; a lower number goes first.</summary>
public enum TaskPriority : byte
{
    /// <summary>Before everything else.</summary>
    Critical = 1,

    /// <summary>Before ordinary work.</summary>
    High = 2,

    /// <summary>Ordinary work, the default.</summary>
    Medium = 3,

    /// <summary>When nothing else is to do.</summary>
    Low = 4,
}

/// <summary>Questions that are asked of a state everywhere.</summary>
public static class TaskStates
{
    /// <summary>How many states there are: the size of a table of counts.</summary>
    public const int Count = 9;

    /// <summary>Whether an agent holds the task.</summary>
    public static bool IsLeased(this TaskState state) => state is TaskState.Assigned or TaskState.InProgress;

    /// <summary>Whether the task is over, until somebody retries it.</summary>
    public static bool IsFinal(this TaskState state) => state is TaskState.Completed or TaskState.Failed or TaskState.Cancelled;
}
