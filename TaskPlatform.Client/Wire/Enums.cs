using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Wire;

/// <summary>Where a task stands. <c>completed</c>, <c>failed</c> and <c>cancelled</c> are final until somebody retries.</summary>
[JsonConverter(typeof(WireEnumConverter<TaskState>))]
public enum TaskState
{
    /// <summary>Ready; any fitting agent may claim it.</summary>
    Pending,
    /// <summary>Granted to an agent that has not yet given a sign of life.</summary>
    Assigned,
    /// <summary>Granted, and the agent has sent a heartbeat, progress or a checkpoint.</summary>
    InProgress,
    /// <summary>Done; the result stands.</summary>
    Completed,
    /// <summary>Failed for good: not retryable, or no attempts left.</summary>
    Failed,
    /// <summary>Cancelled by a caller, or because a task it depends on did not succeed.</summary>
    Cancelled,
    /// <summary>Not before a moment that was asked for, or until its backoff has passed.</summary>
    Scheduled,
    /// <summary>Tasks it depends on have not finished.</summary>
    Blocked,
    /// <summary>Set aside by its agent: for children, an answer or a budget.</summary>
    Waiting,
}

/// <summary>The urgency of a task; within one priority the order of arrival decides.</summary>
[JsonConverter(typeof(WireEnumConverter<TaskPriority>))]
public enum TaskPriority
{
    /// <summary>Before everything else.</summary>
    Critical = 1,
    /// <summary>Before ordinary work.</summary>
    High = 2,
    /// <summary>The default.</summary>
    Medium = 3,
    /// <summary>After ordinary work.</summary>
    Low = 4,
}

/// <summary>What has to happen to a task before those that depend on it may run.</summary>
[JsonConverter(typeof(WireEnumConverter<DependencyTrigger>))]
public enum DependencyTrigger
{
    /// <summary>It completed (the default). Otherwise the dependent is cancelled.</summary>
    Success,
    /// <summary>It finished, whichever way.</summary>
    Finish,
    /// <summary>It failed.</summary>
    Failure,
}

/// <summary>How the pause before the next attempt grows.</summary>
[JsonConverter(typeof(WireEnumConverter<BackoffKind>))]
public enum BackoffKind
{
    /// <summary>Doubles each time, with full jitter (the default).</summary>
    Exponential,
    /// <summary>Always the same.</summary>
    Constant,
}

/// <summary>What a reply of the queue promises to survive.</summary>
[JsonConverter(typeof(WireEnumConverter<QueueDurability>))]
public enum QueueDurability
{
    /// <summary>Written before it is answered (the default).</summary>
    Durable,
    /// <summary>Answered at once, written within 5 s; leases are granted durably all the same.</summary>
    Buffered,
    /// <summary>Never written.</summary>
    Memory,
}

/// <summary>What the failure of a child means to the task that waits for it.</summary>
[JsonConverter(typeof(WireEnumConverter<ChildFailure>))]
public enum ChildFailure
{
    /// <summary>The task goes on, and is told (the default).</summary>
    Resume,
    /// <summary>The task fails too.</summary>
    Fail,
}

/// <summary>How the next task is chosen.</summary>
[JsonConverter(typeof(WireEnumConverter<QueuePolicy>))]
public enum QueuePolicy
{
    /// <summary>By fairness, priority and arrival.</summary>
    Fifo,
    /// <summary>The pair of task and agent with the most points.</summary>
    Score,
    /// <summary>The pair that does most for its priority in a second, by what agents have shown.</summary>
    Learned,
}

/// <summary>How fast an agent says it is.</summary>
[JsonConverter(typeof(WireEnumConverter<AgentSpeed>))]
public enum AgentSpeed
{
    /// <summary>As others are.</summary>
    Standard,
    /// <summary>About twice as fast.</summary>
    Fast,
    /// <summary>About half as fast.</summary>
    Slow,
}

/// <summary>What becomes of a task whose budget key is exhausted.</summary>
[JsonConverter(typeof(WireEnumConverter<WhenExhausted>))]
public enum WhenExhausted
{
    /// <summary>It waits for a new period, a higher budget, or somebody who lets it go on (the default).</summary>
    Wait,
    /// <summary>It fails.</summary>
    Fail,
    /// <summary>It goes to the agents with the capability that its <c>route</c> names; without a route it waits.</summary>
    Route,
}
