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

    /// <summary>The task is over.</summary>
    public const string TaskFinished = "task-finished";

    /// <summary>The token names no grant that stands.</summary>
    public const string LeaseLost = "lease-lost";

    /// <summary>One of <see cref="EngineLimits"/> is reached.</summary>
    public const string QueueFull = "queue-full";

    /// <summary>A refusal about one task, or about none.</summary>
    public static Refusal Of(string name, string detail, params ReadOnlySpan<string> ids) => new(name, detail, [.. ids]);
}

/// <summary>The result of a task that another waited for.</summary>
/// <param name="Id">The task it comes from.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Result">The result itself, or empty when only the store has it.</param>
public readonly record struct TaskInput(string Id, int Bytes, ReadOnlyMemory<byte> Result);

/// <summary>A task as an answer shows it.</summary>
/// <param name="Task">A snapshot.</param>
/// <param name="WaitingFor">The tasks that it waits for.</param>
/// <param name="Inputs">The results of those it waited for.</param>
public sealed record TaskView(TaskItem Task, ImmutableArray<string> WaitingFor, ImmutableArray<TaskInput> Inputs);

/// <summary>A graph as an answer shows it.</summary>
/// <param name="Id">The graph's id.</param>
/// <param name="CreatedUnixMs">When it was submitted.</param>
/// <param name="Counts">How many tasks are in each state, by the state's number.</param>
/// <param name="Tasks">Its tasks, in the order of the call.</param>
/// <param name="CriticalPath">The chain of dependencies that takes longest; empty in the answer to the submit itself.</param>
public sealed record GraphView(
    string Id, long CreatedUnixMs, ImmutableArray<int> Counts, ImmutableArray<TaskView> Tasks, ImmutableArray<string> CriticalPath);

/// <summary>A queue as an answer shows it.</summary>
/// <param name="Settings">What is set.</param>
/// <param name="Counts">How many tasks are in each state, by the state's number.</param>
/// <param name="OldestPendingUnixMs">When the longest waiting ready task was submitted; null when none is ready.</param>
public sealed record QueueView(QueueSettings Settings, ImmutableArray<int> Counts, long? OldestPendingUnixMs);

/// <summary>What a verb came to. A closed set; a refusal is a value like any other.</summary>
public abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>Nothing was done.</summary>
    public sealed record Refused(Refusal Refusal) : Outcome;

    /// <summary>A task, new or as it is.</summary>
    /// <param name="View">The task.</param>
    /// <param name="IsNew">Whether this call made it.</param>
    /// <param name="Ended">The attempt that this call ended; null for any other call and for a repeat.</param>
    public sealed record TaskAnswer(TaskView View, bool IsNew = false, AttemptRecord? Ended = null) : Outcome;

    /// <summary>A graph, new or as it is.</summary>
    public sealed record GraphAnswer(GraphView View, bool IsNew = false) : Outcome;

    /// <summary>The tasks granted; none is an answer too.</summary>
    public sealed record Claimed(ImmutableArray<TaskView> Grants) : Outcome;

    /// <summary>The claim waits; its answer comes with <see cref="TaskEngine.TakeAnswers"/>.</summary>
    public sealed record Parked : Outcome;

    /// <summary>The lease goes on.</summary>
    public sealed record Extended(long LeaseMs, bool CancelRequested) : Outcome;

    /// <summary>Tasks that matched, and where to go on; null: there are no more.</summary>
    public sealed record Page(ImmutableArray<TaskView> Tasks, long? Next) : Outcome;

    /// <summary>Agents.</summary>
    public sealed record AgentList(ImmutableArray<AgentItem> Agents) : Outcome;

    /// <summary>The queue.</summary>
    public sealed record QueueAnswer(QueueView View) : Outcome;

    /// <summary>Numbers by type; the last entry is for all types that were not named.</summary>
    public sealed record Figures(ImmutableArray<TypeFigures> Types) : Outcome;

    /// <summary>What a probe found.</summary>
    public sealed record Probed(ProbeView View) : Outcome;

    /// <summary>Done; there is nothing to say.</summary>
    public sealed record Done : Outcome;
}

/// <summary>What happened to a task, told after it was stored.</summary>
/// <param name="Kind">The event's name.</param>
/// <param name="Task">The task as it was then.</param>
/// <param name="AgentId">The agent that had part in it.</param>
/// <param name="Ended">The attempt that ended with it, if one did.</param>
public readonly record struct TaskEvent(string Kind, TaskItem Task, string? AgentId, AttemptRecord? Ended = null)
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

    /// <summary>The agent was asked to stop.</summary>
    public const string CancelRequested = "cancel-requested";

    /// <summary>It was cancelled.</summary>
    public const string Cancelled = "cancelled";
}

/// <summary>A changed task, and which of its records beside the state are to be written.</summary>
public readonly record struct TaskChange(TaskItem Task, bool WritesBody, bool WritesResult);

/// <summary>What memory changed since it was last asked: to be stored before anybody is told.</summary>
/// <param name="Tasks">Each changed task once, in the order in which they first changed.</param>
/// <param name="Agents">Changed agents.</param>
/// <param name="Graphs">Changed graphs.</param>
/// <param name="Keys">New idempotency keys.</param>
/// <param name="ForgottenKeys">Idempotency keys that ran out.</param>
/// <param name="Settings">The settings, when they changed.</param>
public sealed record EngineChanges(
    IReadOnlyList<TaskChange> Tasks,
    IReadOnlyList<AgentItem> Agents,
    IReadOnlyList<GraphItem> Graphs,
    IReadOnlyList<IdempotencyEntry> Keys,
    IReadOnlyList<string> ForgottenKeys,
    QueueSettings? Settings);
