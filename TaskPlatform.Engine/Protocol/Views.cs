using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>The result of a task that another waited for.</summary>
/// <param name="Id">The task it comes from.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Result">The result itself, or empty when only the store has it.</param>
public readonly record struct TaskInput(string Id, int Bytes, ReadOnlyMemory<byte> Result);

/// <summary>A task as an answer shows it.</summary>
/// <param name="Task">A snapshot.</param>
/// <param name="WaitingFor">The tasks that it waits for.</param>
/// <param name="Inputs">The results of those it waited for: dependencies, and children that completed.</param>
/// <param name="Children">The tasks that it added.</param>
public sealed record TaskView(
    TaskItem Task, ImmutableArray<string> WaitingFor, ImmutableArray<TaskInput> Inputs, ImmutableArray<string> Children);

/// <summary>A graph as an answer shows it.</summary>
/// <param name="Id">The graph's id.</param>
/// <param name="CreatedUnixMs">When it was submitted.</param>
/// <param name="Counts">How many tasks are in each state, by the state's number.</param>
/// <param name="Tasks">Its tasks, in the order of the call.</param>
/// <param name="CriticalPath">The chain of dependencies that takes longest; empty in the answer to the submit itself.</param>
/// <param name="Budget">What its tasks may use together; null: no limit.</param>
/// <param name="Used">What they have used.</param>
public sealed record GraphView(
    string Id, long CreatedUnixMs, ImmutableArray<int> Counts, ImmutableArray<TaskView> Tasks, ImmutableArray<string> CriticalPath,
    TaskBudget? Budget, Usage Used);

/// <summary>A queue as an answer shows it.</summary>
/// <param name="Settings">What is set.</param>
/// <param name="Counts">How many tasks are in each state, by the state's number.</param>
/// <param name="OldestPendingUnixMs">When the longest waiting ready task was submitted; null when none is ready.</param>
public sealed record QueueView(QueueSettings Settings, ImmutableArray<int> Counts, long? OldestPendingUnixMs);

/// <summary>Why a task is where it is.</summary>
/// <param name="State">Its state.</param>
/// <param name="Reason">One of the words of <see cref="WhyReason"/>.</param>
/// <param name="Text">The same as a sentence for people, with numbers.</param>
/// <param name="WaitingFor">The tasks or keys that hold it.</param>
/// <param name="Position">Its place among ready tasks of its kind, 1 for the next; null when it is in no line, or too far back to count.</param>
/// <param name="ExpectedStartUnixMs">When it is expected to start, in Unix milliseconds; null when nothing can be said.</param>
/// <param name="Agents">Agents that are known, and whether each may take it; the first hundred.</param>
public sealed record WhyView(
    TaskState State, string Reason, string Text, ImmutableArray<string> WaitingFor, int? Position, long? ExpectedStartUnixMs,
    ImmutableArray<AgentFit> Agents);

/// <summary>Whether an agent may take a task, and why or why not.</summary>
public sealed record AgentFit(string AgentId, bool IsEligible, string Because);

/// <summary>The words for why a task is where it is.</summary>
public static class WhyReason
{
    /// <summary>An agent works on it.</summary>
    public const string Running = "running";

    /// <summary>It may be handed out at any moment.</summary>
    public const string Ready = "ready";

    /// <summary>It waits for tasks that it depends on.</summary>
    public const string Blocked = "blocked";

    /// <summary>It waits for its time.</summary>
    public const string Scheduled = "scheduled";

    /// <summary>It waits for its children or an answer.</summary>
    public const string Waiting = "waiting";

    /// <summary>The queue or its type is paused.</summary>
    public const string Paused = "paused";

    /// <summary>As many with its concurrency key run as may.</summary>
    public const string Concurrency = "concurrency";

    /// <summary>As many with its rate limit key were started as may be.</summary>
    public const string Rate = "rate";

    /// <summary>A budget is exhausted, or set aside for others.</summary>
    public const string Budget = "budget";

    /// <summary>No agent that is there can take it.</summary>
    public const string NoAgent = "no-agent";

    /// <summary>It is over.</summary>
    public const string Finished = "finished";
}
