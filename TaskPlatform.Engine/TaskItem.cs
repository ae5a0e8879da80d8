using System.Collections.Immutable;
using System.Diagnostics;

namespace TaskPlatform.Engine;

/// <summary>What went wrong, in the agent's words or the engine's.</summary>
public sealed record TaskError(string Type, string Message, bool Retryable);

/// <summary>One try at a task, kept for people to read.</summary>
public sealed record AttemptRecord(
    int Attempt, string AgentId, string? InstanceId, long StartedUnixMs, long FinishedUnixMs, string Outcome, TaskError? Error)
{
    /// <summary>Whether the agent itself ended it; otherwise its lease was lost or the service took it away.</summary>
    public bool EndedByAgent => Outcome is Completed or Failed or Released or Deferred;

    internal const string Completed = "completed";
    internal const string Failed = "failed";
    internal const string Released = "released";
    internal const string Deferred = "deferred";
}

/// <summary>How a grant ended; remembered so that a repeated call gets its answer again.</summary>
public readonly record struct SettledGrant(UInt128 Token, SettleVerb Verb);

/// <summary>The calls that end a grant.</summary>
public enum SettleVerb : byte
{
    /// <summary>The work is done.</summary>
    Complete = 1,

    /// <summary>The attempt failed.</summary>
    Fail = 2,

    /// <summary>The agent gives the task back untouched.</summary>
    Release = 3,
}

/// <summary>The right to work on a task for a time.</summary>
public sealed record Lease
{
    /// <summary>Names this grant and no other.</summary>
    public required UInt128 Token { get; init; }

    /// <summary>Who holds it.</summary>
    public required string AgentId { get; init; }

    /// <summary>Which replica of the agent holds it.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The claim it came from, so that a repeated claim finds it.</summary>
    public string? ClaimId { get; init; }

    /// <summary>How long it lasts without a heartbeat, in milliseconds.</summary>
    public required long DurationMs { get; init; }

    /// <summary>How often it was granted again after an outage since the last heartbeat.</summary>
    public int Regrants { get; init; }

    /// <summary>How many calls were answered with it: its claim may have been repeated, and only when all their callers are gone does nobody have it.</summary>
    public int Callers { get; init; } = 1;

    /// <summary>When it ends, on the monotonic clock.</summary>
    public long EndsTick { get; init; }

    /// <summary>When the attempt began, on the monotonic clock.</summary>
    public long StartedTick { get; init; }

    /// <summary>When progress, message or checkpoint last changed, on the monotonic clock.</summary>
    public long ChangedTick { get; init; }

    /// <summary>How long the task had been ready when it was granted, in milliseconds; known to this process only, 0 after a restart.</summary>
    public long WaitedMs { get; init; }

    /// <summary>When a requested cancel takes effect, on the monotonic clock.</summary>
    public long GraceEndsTick { get; init; } = Moment.Never;
}

/// <summary>
/// A task in memory. The first part is what its records hold; the second is rebuilt from them. Everything it refers to is immutable,
/// so a shallow copy is a true snapshot.
/// </summary>
[DebuggerDisplay("{Id} {State} attempt {Attempt}")]
public sealed class TaskItem
{
    /// <summary>The task's id, unique in its queue.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of work it is.</summary>
    public required string Type { get; init; }

    /// <summary>Its place in line: rises by one with each task of the queue.</summary>
    public required long Order { get; init; }

    /// <summary>When it was submitted, in Unix milliseconds.</summary>
    public required long CreatedUnixMs { get; init; }

    /// <summary>A hash of what was submitted.</summary>
    public UInt128 Fingerprint { get; init; }

    /// <summary>The graph it was submitted with.</summary>
    public string? GraphId { get; init; }

    /// <summary>What it waits for, or waited for.</summary>
    public ImmutableArray<DependencyEdge> DependsOn { get; init; } = [];

    /// <summary>When it must be finished, in Unix milliseconds.</summary>
    public long? DeadlineUnixMs { get; init; }

    /// <summary>How urgent it is.</summary>
    public TaskPriority Priority { get; internal set; }

    /// <summary>Names and values to find it by.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; internal set; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Not to be started before, in Unix milliseconds.</summary>
    public long? NotBeforeUnixMs { get; internal set; }

    /// <summary>What never changes; null once the task is finished and stored: then only the store has it.</summary>
    public TaskBody? Body { get; internal set; }

    /// <summary>Where the task is in its life.</summary>
    public TaskState State { get; internal set; }

    /// <summary>Attempts that were used up; releases and deferrals use none.</summary>
    public int AttemptsUsed { get; internal set; }

    /// <summary>The number of the attempt that runs, or of the last one.</summary>
    public int Attempt => State.IsLeased() ? AttemptsUsed + 1 : AttemptsUsed;

    /// <summary>Releases and deferrals so far.</summary>
    public int Requeues { get; internal set; }

    /// <summary>Leases that ran out or were taken away.</summary>
    public int Losses { get; internal set; }

    /// <summary>The lease, while an agent holds the task.</summary>
    public Lease? Lease { get; internal set; }

    /// <summary>Who holds the task or held it last.</summary>
    public string? AssignedAgent { get; internal set; }

    /// <summary>When the last attempt began, in Unix milliseconds.</summary>
    public long? StartedUnixMs { get; internal set; }

    /// <summary>When it was finished, in Unix milliseconds.</summary>
    public long? FinishedUnixMs { get; internal set; }

    /// <summary>The backoff that is running: its whole length, in milliseconds.</summary>
    public long BackoffMs { get; internal set; }

    /// <summary>When the backoff ends, in Unix milliseconds, so that it survives a restart.</summary>
    public long BackoffEndsUnixMs { get; internal set; }

    /// <summary>The last error.</summary>
    public TaskError? Error { get; internal set; }

    /// <summary>The result as UTF-8 JSON; empty when there is none, or when only the store has it (<see cref="ResultBytes"/>).</summary>
    public ReadOnlyMemory<byte> Result { get; internal set; }

    /// <summary>The size of the result, in bytes; -1 when there is none.</summary>
    public int ResultBytes { get; internal set; } = -1;

    /// <summary>How far the work is, 0 to 1, in the agent's words.</summary>
    public double? Progress { get; internal set; }

    /// <summary>What the agent last said.</summary>
    public string? Message { get; internal set; }

    /// <summary>What the agent saved to go on from, as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Checkpoint { get; internal set; }

    /// <summary>How sure the agent was of its result, 0 to 1.</summary>
    public double? Confidence { get; internal set; }

    /// <summary>Tokens of language models that grants which ended have used.</summary>
    public long UsedTokens { get; internal set; }

    /// <summary>Money that grants which ended have spent, in the unit of the queue's budgets.</summary>
    public double UsedCost { get; internal set; }

    /// <summary>What the grant that runs reported last.</summary>
    public Usage GrantUsage { get; internal set; }

    /// <summary>Whether a cancel was asked for while an agent held the task.</summary>
    public bool CancelRequested { get; internal set; }

    /// <summary>Why it was cancelled, in the caller's words.</summary>
    public string? CancelReason { get; internal set; }

    /// <summary>The task whose end made this one impossible.</summary>
    public string? CancelledBy { get; internal set; }

    /// <summary>The first and the last attempts.</summary>
    public ImmutableArray<AttemptRecord> Attempts { get; internal set; } = [];

    /// <summary>How the latest grants ended.</summary>
    public ImmutableArray<SettledGrant> Settled { get; internal set; } = [];

    internal Lane? Lane;
    internal int LaneIndex = -1;
    internal long TimerTick = Moment.Never;
    internal int TimerIndex = -1;
    internal long WallDueMs = Moment.Never;
    internal int WallIndex = -1;
    internal int UnmetDependencies;
    internal List<(TaskItem Task, EdgeKind On)>? Dependents;
    internal bool IsDirty;
    internal bool BodyIsDirty;
    internal bool ResultIsDirty;

    /// <summary>The task as it is now, unchanged by whatever comes.</summary>
    public TaskItem Snapshot()
    {
        var copy = (TaskItem)MemberwiseClone();
        copy.Dependents = null;
        copy.Lane = null;
        return copy;
    }

    /// <summary>Gives a task that was read from its state record its body back.</summary>
    public void Restore(TaskBody body) => Body = body;

    /// <summary>This snapshot with what memory had let go of.</summary>
    public TaskItem Hydrate(TaskBody? body, ReadOnlyMemory<byte> result)
    {
        var whole = Snapshot();
        whole.Body ??= body;
        if (whole.Result.IsEmpty) whole.Result = result;
        return whole;
    }

    /// <summary>Whether the records hold a body or a result that memory no longer has.</summary>
    public bool IsPartlyInStore => Body is null || (ResultBytes >= 0 && Result.IsEmpty);
}
