using System.Collections.Immutable;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>A task as the oracle sees it: what was submitted, and what has become of it.</summary>
internal sealed class NaiveTask(TaskSubmission submission, string? graphId, string? parentId, long order, long createdUnixMs)
{
    public TaskSubmission What { get; } = submission;

    public TaskFlow Flow => What.Body.Flow;

    public string? GraphId { get; } = graphId;

    public string? ParentId { get; } = parentId;

    public long Order { get; } = order;

    public long CreatedUnixMs { get; } = createdUnixMs;

    public string Id => What.Id;

    public TaskState State { get; set; } = TaskState.Blocked;

    public TaskPriority Priority { get; set; } = submission.Priority;

    public long? NotBefore { get; set; } = submission.NotBeforeUnixMs;

    public long? Deadline { get; set; } = submission.DeadlineUnixMs;

    public ImmutableSortedDictionary<string, string> Labels { get; set; } = submission.Labels;

    /// <summary>Which of its dependencies were met by what was tried anew since.</summary>
    public ImmutableHashSet<DependencyEdge> Met { get; set; } = [];

    public int Used { get; set; }

    /// <summary>Attempts before the last retry.</summary>
    public int Forgiven { get; set; }

    public bool IsOpen { get; set; }

    public int Requeues { get; set; }

    public int Losses { get; set; }

    public string Error { get; set; } = "none";

    public string Agent { get; set; } = "none";

    public long StartedUnixMs { get; set; }

    /// <summary>How long earlier grants of the open attempt worked.</summary>
    public long WorkedMs { get; set; }

    public long FinishedUnixMs { get; set; }

    /// <summary>Since when retention could have taken it.</summary>
    public long? FreeSinceTick { get; set; }

    /// <summary>In which batch of all it ended.</summary>
    public long EndNumber { get; set; }

    public long BackoffMs { get; set; }

    public long BackoffEndsTick { get; set; }

    public long BackoffEndsUnixMs { get; set; }

    public NaiveLease? Lease { get; set; }

    public bool CancelRequested { get; set; }

    public string Reason { get; set; } = "none";

    public string By { get; set; } = "none";

    public double Progress { get; set; } = -1;

    public string Message { get; set; } = "none";

    public string Checkpoint { get; set; } = "";

    public string? Result { get; set; }

    public Usage UsedUp { get; set; }

    public Usage? Reported { get; set; }

    public Usage Raised { get; set; }

    public bool IsWaived { get; set; }

    public bool IsRerouted { get; set; }

    public WaitReason Waits { get; set; }

    /// <summary>Children that were lost when it began to wait for the others.</summary>
    public ImmutableHashSet<string> LostBefore { get; set; } = [];

    public bool IsVerifier { get; set; }

    /// <summary>Who judges its result right now.</summary>
    public string? VerifierId { get; set; }

    public TaskVerdict? Verdict { get; set; }

    public NaiveQuestion? Question { get; set; }

    /// <summary>Whether it is over and was stored so: then memory has let go of what a retry needs.</summary>
    public bool IsAway { get; set; }

    public List<string> Attempts { get; private set; } = [];

    public List<(UInt128 Token, SettleVerb Verb)> Settled { get; private set; } = [];

    public NaiveTask Copy()
    {
        var copy = (NaiveTask)MemberwiseClone();
        copy.Lease = Lease?.Copy();
        copy.Attempts = [.. Attempts];
        copy.Settled = [.. Settled];
        return copy;
    }
}

internal sealed record NaiveQuestion(string Text, string Choices, string? Answer);

internal sealed class NaiveLease
{
    /// <summary>0 until the engine has said what it is.</summary>
    public UInt128 Token { get; set; }

    public required string Agent { get; init; }

    public required string Instance { get; init; }

    public required string? ClaimId { get; init; }

    public required long DurationMs { get; init; }

    /// <summary>Which grant of all this is: a repeated claim answers in this order.</summary>
    public required long Sequence { get; set; }

    public required long GrantedUnixMs { get; init; }

    public required Usage Reserved { get; init; }

    public long Ends { get; set; }

    public long Started { get; set; }

    public long Changed { get; set; }

    public long GraceEnds { get; set; } = Moment.Never;

    public int Regrants { get; set; }

    public int Callers { get; set; } = 1;

    public NaiveLease Copy() => (NaiveLease)MemberwiseClone();
}

internal sealed class NaiveAgent
{
    public bool IsRegistered { get; set; }

    public HashSet<string> Capabilities { get; set; } = [];

    public int MaxConcurrency { get; set; } = 1;

    public bool IsDraining { get; set; }

    public double SuccessRate { get; set; } = 1;

    public double MeanSeconds { get; set; }

    /// <summary>How it has done at each type of task that it has done.</summary>
    public Dictionary<string, (double SuccessRate, double MeanSeconds)> Types { get; private set; } = [];

    public long Total { get; set; }

    public bool IsStored { get; set; }

    public NaiveAgent Copy()
    {
        var copy = (NaiveAgent)MemberwiseClone();
        copy.Types = new(Types);
        return copy;
    }
}

/// <summary>Ready tasks that are alike for claiming.</summary>
internal sealed record NaiveLane(string Type, string Demanded, string? Concurrency, string? Rate, string Fairness, string? Budget, string? Graph, int Weight);

internal sealed record NaiveWait(Command.Claim Claim, long Ticket, long Ends);

internal sealed record NaiveGraph(string Id, int Size, TaskBudget? Budget)
{
    public string? CancelReason { get; set; }

    public bool IsCancelling { get; set; }

    public Usage Used { get; set; }
}

/// <summary>What was used of a budget key, and since when.</summary>
internal sealed record NaiveBudget(Usage Used, long StartUnixMs);

internal sealed record NaiveOperation(Command.Bulk What)
{
    public long Before { get; set; } = long.MaxValue;

    /// <summary>Whether it waits for the records of tasks that are to be retried.</summary>
    public bool WantsRecords { get; set; }

    public HashSet<string> Brought { get; set; } = [];

    public int Matched { get; set; }

    public int Changed { get; set; }

    public bool IsDone => DoneUnixMs is not null;

    public long? DoneUnixMs { get; set; }
}

/// <param name="Spec">When to make which task.</param>
/// <param name="Next">When it next does.</param>
/// <param name="Latest">When it next did before the clock was set back, if it was.</param>
/// <param name="Last">The last task.</param>
/// <param name="Made">How many it made.</param>
internal sealed record NaiveSchedule(ScheduleSpec Spec, long? Next, long? Latest, string? Last, int Made);
