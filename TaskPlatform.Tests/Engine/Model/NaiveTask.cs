using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>A task as the oracle sees it: what was submitted, and what has become of it.</summary>
internal sealed class NaiveTask(TaskSubmission submission, string? graphId, long order, long createdUnixMs)
{
    public TaskSubmission What { get; } = submission;

    public string? GraphId { get; } = graphId;

    public long Order { get; } = order;

    public long CreatedUnixMs { get; } = createdUnixMs;

    public string Id => What.Id;

    public TaskState State { get; set; } = TaskState.Blocked;

    public int Used { get; set; }

    public int Requeues { get; set; }

    public int Losses { get; set; }

    public string Error { get; set; } = "none";

    public string Agent { get; set; } = "none";

    public long StartedUnixMs { get; set; }

    public long BackoffMs { get; set; }

    public long BackoffEndsTick { get; set; }

    public long BackoffEndsUnixMs { get; set; }

    public NaiveLease? Lease { get; set; }

    public bool CancelRequested { get; set; }

    public string Reason { get; set; } = "none";

    public double Progress { get; set; } = -1;

    public string Message { get; set; } = "none";

    public string Checkpoint { get; set; } = "";

    public string? Result { get; set; }

    public long Tokens { get; set; }

    public long GrantTokens { get; set; }

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

    public long Total { get; set; }

    public bool IsStored { get; set; }

    public NaiveAgent Copy() => (NaiveAgent)MemberwiseClone();
}

internal sealed record NaiveWait(Command.Claim Claim, long Ticket, long Ends);

internal sealed record NaiveGraph(string Id, List<string> Tasks)
{
    public string? CancelReason { get; set; }

    public bool IsCancelled { get; set; }
}
