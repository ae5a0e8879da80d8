using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>A caller's own name for a request, and a hash of what it asked for.</summary>
public sealed record IdempotencyKey(string Key, UInt128 Fingerprint);

/// <summary>What can be asked of a queue. A closed set: <see cref="TaskEngine.Apply"/> answers each with an <see cref="Outcome"/>.</summary>
public abstract record Command
{
    private Command()
    {
    }

    /// <summary>The caller's key: the same request is not carried out twice under it.</summary>
    public IdempotencyKey? Key { get; init; }

    /// <summary>One task.</summary>
    public sealed record Submit(TaskSubmission Task) : Command;

    /// <summary>Many tasks with their dependencies, all or nothing.</summary>
    public sealed record SubmitGraph(string GraphId, ImmutableArray<TaskSubmission> Tasks) : Command;

    /// <summary>Up to <paramref name="Max"/> tasks that fit the agent.</summary>
    /// <param name="AgentId">Who asks.</param>
    /// <param name="InstanceId">Which replica of it.</param>
    /// <param name="Types">Only these types; for an agent that never registered: what it can do.</param>
    /// <param name="Max">How many at most, 1 or more.</param>
    /// <param name="WaitMs">How long to wait for the first, in milliseconds; 0: not at all.</param>
    /// <param name="LeaseMs">How long the leases last, in milliseconds; null: as each task says.</param>
    /// <param name="ClaimId">The caller's name for this claim: repeated, it gets the same leases that still stand.</param>
    public sealed record Claim(
        string AgentId, string? InstanceId, ImmutableSortedSet<string>? Types, int Max, long WaitMs, long? LeaseMs, string? ClaimId) : Command;

    /// <summary>A claim that waits has lost its caller.</summary>
    public sealed record AbandonClaim(Claim Waiting) : Command;

    /// <summary>A grant whose caller was gone before it could be told; uses no attempt.</summary>
    public sealed record Ungrant(string TaskId, UInt128 Token) : Command;

    /// <summary>The agent lives; and, where given, how far it is.</summary>
    public sealed record Heartbeat(
        string TaskId, UInt128 Token, double? Progress, string? Message, ReadOnlyMemory<byte>? Checkpoint, Usage? Usage) : Command;

    /// <summary>The work is done.</summary>
    public sealed record Complete(string TaskId, UInt128 Token, ReadOnlyMemory<byte>? Result, Usage? Usage, double? Confidence) : Command;

    /// <summary>The attempt failed.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="Token">The grant.</param>
    /// <param name="Error">What went wrong.</param>
    /// <param name="RetryAfterMs">Try again after this time, in milliseconds, without using up an attempt.</param>
    public sealed record Fail(string TaskId, UInt128 Token, TaskError Error, long? RetryAfterMs) : Command;

    /// <summary>The agent gives the task back untouched.</summary>
    public sealed record Release(string TaskId, UInt128 Token) : Command;

    /// <summary>Nobody wants the task any more.</summary>
    public sealed record Cancel(string TaskId, string? Reason) : Command;

    /// <summary>Nobody wants what is left of the graph any more.</summary>
    public sealed record CancelGraph(string GraphId, string? Reason) : Command;

    /// <summary>An agent says what it can do.</summary>
    public sealed record RegisterAgent(string AgentId, ImmutableSortedSet<string> Capabilities, int MaxConcurrency) : Command;

    /// <summary>An agent is to be handed nothing more.</summary>
    public sealed record DrainAgent(string AgentId) : Command;

    /// <summary>Settings to change; null leaves one as it is.</summary>
    public sealed record Configure(long? AgeingMs) : Command;

    /// <summary>Hand nothing out: of these types, or at all when there are none.</summary>
    public sealed record Pause(ImmutableSortedSet<string> Types) : Command;

    /// <summary>Hand out again: these types, or everything when there are none.</summary>
    public sealed record Resume(ImmutableSortedSet<string> Types) : Command;

    /// <summary>One task.</summary>
    public sealed record GetTask(string TaskId) : Command;

    /// <summary>A graph with its tasks.</summary>
    public sealed record GetGraph(string GraphId) : Command;

    /// <summary>Tasks that match, newest first.</summary>
    /// <param name="Filter">What to look for.</param>
    /// <param name="Limit">How many at most.</param>
    /// <param name="Before">Only tasks older than this place in line; <see cref="long.MaxValue"/>: from the newest.</param>
    public sealed record ListTasks(TaskFilter Filter, int Limit, long Before) : Command;

    /// <summary>All agents that are known.</summary>
    public sealed record ListAgents : Command;

    /// <summary>The queue's settings and counts.</summary>
    public sealed record GetQueue : Command;

    /// <summary>Numbers by type: of those named, each for itself; of all others together.</summary>
    public sealed record GetFigures(ImmutableSortedSet<string> Types) : Command;

    /// <summary>Whether claims are answered as they should be, and what the queue holds. Changes nothing of its own.</summary>
    public sealed record Probe : Command;
}

/// <summary>What an attempt has used of language models so far.</summary>
public readonly record struct Usage(long Tokens, double Cost);

/// <summary>What to look for; null matches everything.</summary>
public sealed record TaskFilter(TaskState? State, string? Type, string? AgentId, string? GraphId, string? LabelName, string? LabelValue)
{
    /// <summary>Whether the task is looked for.</summary>
    public bool Matches(TaskItem task)
        => (State is null || task.State == State)
        && (Type is null || task.Type == Type)
        && (AgentId is null || task.AssignedAgent == AgentId)
        && (GraphId is null || task.GraphId == GraphId)
        && (LabelName is null || (task.Labels.TryGetValue(LabelName, out var value) && (LabelValue is null || value == LabelValue)));
}
