using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What a task in the state <see cref="TaskState.Waiting"/> waits for.</summary>
/// <remarks>The numbers stand in stored records: never change one.</remarks>
public enum WaitReason : byte
{
    /// <summary>It does not wait.</summary>
    None = 0,

    /// <summary>For the tasks that it added.</summary>
    Children = 1,

    /// <summary>For the answer to its question.</summary>
    Answer = 2,

    /// <summary>For a budget: until there is room again, or somebody lets it go on.</summary>
    Budget = 3,

    /// <summary>For its verifier to judge its result.</summary>
    Verdict = 4,
}

/// <summary>A question that an agent asked of people, and its answer.</summary>
/// <param name="Text">What is asked.</param>
/// <param name="Choices">The answers that are taken; empty: any.</param>
/// <param name="Answer">The answer as UTF-8 JSON; empty until there is one.</param>
public sealed record TaskQuestion(string Text, ImmutableArray<string> Choices, ReadOnlyMemory<byte> Answer)
{
    /// <summary>Whether the same is asked.</summary>
    public bool Asks(string text, ImmutableArray<string> choices) => Text == text && Choices.SequenceEqual(choices);
}

/// <summary>
/// What has happened to a task since it was submitted. Tasks that nothing has happened to yet have none, and those that are over and stored
/// have let go of it. Everything it refers to is immutable, so that a copy is a true snapshot.
/// </summary>
public sealed class TaskHistory
{
    /// <summary>Attempts that were used up; releases and deferrals use none.</summary>
    public int AttemptsUsed { get; internal set; }

    /// <summary>Attempts that were used up before somebody retried the task: they do not count against its limit.</summary>
    public int AttemptsForgiven { get; internal set; }

    /// <summary>Whether an attempt was begun by an earlier grant and waits, or goes on after a wait: the next grant goes on with it.</summary>
    public bool IsAttemptOpen { get; internal set; }

    /// <summary>Releases and deferrals so far, since the last retry.</summary>
    public int Requeues { get; internal set; }

    /// <summary>Leases that ran out or were taken away, since the last retry.</summary>
    public int Losses { get; internal set; }

    /// <summary>How long earlier grants of the open attempt worked, in milliseconds.</summary>
    public long WorkedMs { get; internal set; }

    /// <summary>When it became ready again after a wait or a retry, in Unix milliseconds; 0: it never did.</summary>
    public long ReadyAgainUnixMs { get; internal set; }

    /// <summary>The backoff that is running: its whole length, in milliseconds.</summary>
    public long BackoffMs { get; internal set; }

    /// <summary>When the backoff ends, in Unix milliseconds, so that it survives a restart.</summary>
    public long BackoffEndsUnixMs { get; internal set; }

    /// <summary>The last error.</summary>
    public TaskError? Error { get; internal set; }

    /// <summary>The result as UTF-8 JSON; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Result { get; internal set; }

    /// <summary>How far the work is, 0 to 1, in the agent's words; NaN before it said anything.</summary>
    public double Progress { get; internal set; } = double.NaN;

    /// <summary>What the agent last said.</summary>
    public string? Message { get; internal set; }

    /// <summary>What the agent saved to go on from, as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Checkpoint { get; internal set; }

    /// <summary>How sure the agent was of its result, 0 to 1; NaN when it did not say.</summary>
    public double Confidence { get; internal set; } = double.NaN;

    /// <summary>What grants that ended have used.</summary>
    public Usage Used { get; internal set; }

    /// <summary>What the grant that runs reported last; null before its first report.</summary>
    public Usage? Reported { get; internal set; }

    /// <summary>What people added to the task's own budget.</summary>
    public Usage BudgetRaise { get; internal set; }

    /// <summary>Whether somebody let the task go on in spite of its budgets, until its next grant ends.</summary>
    public bool IsBudgetWaived { get; internal set; }

    /// <summary>Whether the task goes by its route since its budget key is exhausted.</summary>
    public bool IsRerouted { get; internal set; }

    /// <summary>Where its route gave it to; null unless it was routed.</summary>
    public TaskRouting? Routing { get; internal set; }

    /// <summary>The task that judges its result; null unless it waits for that.</summary>
    public string? VerifierId { get; internal set; }

    /// <summary>What a verifier last said of a result of it.</summary>
    public TaskVerdict? Verdict { get; internal set; }

    /// <summary>Whether a cancel was asked for while an agent held the task.</summary>
    public bool CancelRequested { get; internal set; }

    /// <summary>Why it was cancelled, in the caller's words.</summary>
    public string? CancelReason { get; internal set; }

    /// <summary>The task whose end made this one impossible.</summary>
    public string? CancelledBy { get; internal set; }

    /// <summary>What it waits for.</summary>
    public WaitReason Waits { get; internal set; }

    /// <summary>The last question and its answer.</summary>
    public TaskQuestion? Question { get; internal set; }

    /// <summary>Edges that were met by the end of a task that was tried anew since: they stay met.</summary>
    public ImmutableArray<DependencyEdge> FiredEdges { get; internal set; } = [];

    /// <summary>The first and the last attempts.</summary>
    public ImmutableArray<AttemptRecord> Attempts { get; internal set; } = [];

    internal TaskHistory Copy() => (TaskHistory)MemberwiseClone();
}
