using System.Collections.Immutable;
using System.Diagnostics;

namespace TaskPlatform.Engine;

/// <summary>
/// A task in memory: what every task has, and its places in the indexes. What was submitted stands in <see cref="Body"/>, what has happened
/// since in <see cref="History"/>; both leave memory when the task is over and stored.
/// </summary>
[DebuggerDisplay("{Id} {State} attempt {Attempt}")]
public sealed class TaskItem
{
    private const long NoTime = long.MinValue;

    private long _notBeforeUnixMs = NoTime;
    private long _deadlineUnixMs = NoTime;
    private long _startedUnixMs = NoTime;
    private long _finishedUnixMs = NoTime;

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

    /// <summary>The graph it was submitted with, or its parent's.</summary>
    public string? GraphId { get; init; }

    /// <summary>The task that added it.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whether it was grown to judge a result of its parent.</summary>
    public bool IsVerifier { get; internal set; }

    /// <summary>What it waits for, or waited for.</summary>
    public ImmutableArray<DependencyEdge> DependsOn { get; init; } = [];

    /// <summary>When it must be finished, in Unix milliseconds.</summary>
    public long? DeadlineUnixMs { get => Time(_deadlineUnixMs); init => _deadlineUnixMs = value ?? NoTime; }

    /// <summary>How urgent it is.</summary>
    public TaskPriority Priority { get; internal set; }

    /// <summary>Names and values to find it by.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; internal set; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Not to be started before, in Unix milliseconds.</summary>
    public long? NotBeforeUnixMs { get => Time(_notBeforeUnixMs); internal set => _notBeforeUnixMs = value ?? NoTime; }

    /// <summary>When the last attempt began, in Unix milliseconds.</summary>
    public long? StartedUnixMs { get => Time(_startedUnixMs); internal set => _startedUnixMs = value ?? NoTime; }

    /// <summary>When it was finished, in Unix milliseconds.</summary>
    public long? FinishedUnixMs { get => Time(_finishedUnixMs); internal set => _finishedUnixMs = value ?? NoTime; }

    /// <summary>What never changes; null once the task is finished and stored: then only the store has it.</summary>
    public TaskBody? Body { get; internal set; }

    /// <summary>What has happened to it; null before anything has, and once the task is finished and stored.</summary>
    public TaskHistory? History { get; internal set; }

    /// <summary>Where the task is in its life.</summary>
    public TaskState State { get; internal set; }

    /// <summary>The lease, while an agent holds the task.</summary>
    public Lease? Lease { get; internal set; }

    /// <summary>Who holds the task or held it last.</summary>
    public string? AssignedAgent { get; internal set; }

    /// <summary>How the latest grants ended.</summary>
    public ImmutableArray<SettledGrant> Settled { get; internal set; } = [];

    /// <summary>The size of the result, in bytes, also of one that is still to be judged; -1 when there is none.</summary>
    public int ResultBytes { get; internal set; } = -1;

    /// <summary>Whether there is a result that counts.</summary>
    public bool HasResult => ResultBytes >= 0 && State == TaskState.Completed;

    internal Lane? Lane;
    internal TaskItem? Parent;
    internal Family? Family;
    internal TypeTally? Tally;
    internal List<Tie>? Dependents;
    internal int LaneIndex = -1;
    internal int TimerIndex = -1;
    internal int WallIndex = -1;
    internal int Row = -1;
    internal int UnmetDependencies;
    internal int NeededBy;
    internal int Tied;
    internal bool IsDirty;
    internal bool BodyIsDirty;
    internal bool ResultIsDirty;
    internal bool IsDeleted;
    internal bool IsEndUntold; // its parent has not heard of its end

    /// <summary>The number of the attempt that runs or waits to go on, or of the last one.</summary>
    public int Attempt => AttemptsUsed + (State.IsLeased() || IsAttemptOpen ? 1 : 0);

    /// <inheritdoc cref="TaskHistory.AttemptsUsed"/>
    public int AttemptsUsed => History?.AttemptsUsed ?? 0;

    /// <inheritdoc cref="TaskHistory.IsAttemptOpen"/>
    public bool IsAttemptOpen => History is { IsAttemptOpen: true };

    /// <inheritdoc cref="TaskHistory.Error"/>
    public TaskError? Error => History?.Error;

    /// <inheritdoc cref="TaskHistory.Result"/>
    public ReadOnlyMemory<byte> Result => History?.Result ?? default;

    /// <inheritdoc cref="TaskHistory.Progress"/>
    public double? Progress => History is { Progress: var progress } && !double.IsNaN(progress) ? progress : null;

    /// <inheritdoc cref="TaskHistory.Message"/>
    public string? Message => History?.Message;

    /// <inheritdoc cref="TaskHistory.Checkpoint"/>
    public ReadOnlyMemory<byte> Checkpoint => History?.Checkpoint ?? default;

    /// <inheritdoc cref="TaskHistory.Confidence"/>
    public double? Confidence => History is { Confidence: var confidence } && !double.IsNaN(confidence) ? confidence : null;

    /// <inheritdoc cref="TaskHistory.CancelRequested"/>
    public bool CancelRequested => History is { CancelRequested: true };

    /// <inheritdoc cref="TaskHistory.CancelledBy"/>
    public string? CancelledBy => History?.CancelledBy;

    /// <inheritdoc cref="TaskHistory.Attempts"/>
    public ImmutableArray<AttemptRecord> Attempts => History?.Attempts ?? [];

    /// <summary>Whether the records hold a body or a history that memory no longer has.</summary>
    public bool IsPartlyInStore { get; internal set; }

    /// <summary>Its history, begun if there was none.</summary>
    internal TaskHistory Told => History ??= new TaskHistory();

    /// <summary>A deadline that has passed says nothing to a task that somebody retries.</summary>
    internal void DropDeadline() => _deadlineUnixMs = NoTime;

    /// <summary>The task as it is now, unchanged by whatever comes.</summary>
    public TaskItem Snapshot()
    {
        var copy = (TaskItem)MemberwiseClone();
        copy.History = History?.Copy();
        copy.Dependents = null;
        copy.Lane = null;
        copy.Parent = null;
        copy.Family = null;
        return copy;
    }

    /// <summary>Gives a task that was read from its state record its body back.</summary>
    public void Restore(TaskBody body) => Body = body;

    /// <summary>Gives a task that was read from its state record its result back.</summary>
    public void Restore(ReadOnlyMemory<byte> result) => Told.Result = result;

    private static long? Time(long unixMs) => unixMs == NoTime ? null : unixMs;
}

/// <summary>The tasks that a task added.</summary>
internal sealed class Family
{
    /// <summary>In the order in which they were added.</summary>
    public List<TaskItem> Children { get; } = [];

    /// <summary>How many of them are not over.</summary>
    public int Open { get; set; }
}

/// <summary>A task that depends on another, as the other knows it.</summary>
/// <param name="Task">The task that depends.</param>
/// <param name="On">What must happen for it to go on.</param>
/// <param name="Number">Which time it is that the task is tied: of an earlier one nothing holds any more.</param>
/// <param name="IsTold">Whether it has heard of the other's end.</param>
internal readonly record struct Tie(TaskItem Task, EdgeKind On, int Number, bool IsTold)
{
    /// <summary>Whether the task is blocked, and by this tie.</summary>
    public bool Holds => Task.State == TaskState.Blocked && Task.Tied == Number && !Task.IsDeleted;

    public DependencyEdge EdgeTo(TaskItem other) => new(other.Id, On);
}
