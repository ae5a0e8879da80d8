using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Federation;

/// <summary>
/// All that a node tells about its work: numbers, by type and state. There is no field for an id, a description, a payload, a label or an
/// error, and unknown fields are refused, so none can travel.
/// </summary>
public sealed record NodeSummary
{
    /// <summary>How many tasks are not finished, all types together. Equals the sum of the unfinished counts.</summary>
    public required long Unfinished { get; init; }

    /// <summary>One entry for each type that the node shares; everything else is counted as <see cref="TypeSummary.Other"/>.</summary>
    public required IReadOnlyList<TypeSummary> Types { get; init; }
}

/// <summary>The numbers of one type of task.</summary>
public sealed record TypeSummary
{
    /// <summary>The type under which a node counts the tasks whose types it does not share.</summary>
    public const string Other = "other";

    /// <summary>Lower-case letters, digits and <c>-</c>, at most 32.</summary>
    public required string Type { get; init; }

    /// <summary>How many tasks stand in each state.</summary>
    public required StateCounts Counts { get; init; }

    /// <summary>Completed among completed and failed, 0 to 1; unset when none has finished.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>Mean time from first claim to completion in seconds; unset when none has completed.</summary>
    public double? MeanSeconds { get; init; }
}

/// <summary>How many tasks stand in each state, under the contract's names.</summary>
public sealed record StateCounts
{
    /// <summary>Ready to be claimed.</summary>
    public long Pending { get; init; }
    /// <summary>Claimed, and not heard of since.</summary>
    public long Assigned { get; init; }

    /// <summary>Claimed, and heard of.</summary>
    [JsonPropertyName("in_progress")]
    public long InProgress { get; init; }

    /// <summary>Waiting for their time.</summary>
    public long Scheduled { get; init; }
    /// <summary>Waiting for other tasks.</summary>
    public long Blocked { get; init; }
    /// <summary>Waiting for children, an answer or a budget.</summary>
    public long Waiting { get; init; }
    /// <summary>Done.</summary>
    public long Completed { get; init; }
    /// <summary>Failed for good.</summary>
    public long Failed { get; init; }
    /// <summary>Cancelled.</summary>
    public long Cancelled { get; init; }

    /// <summary>Everything but completed, failed and cancelled.</summary>
    [JsonIgnore]
    public long Unfinished => Pending + Assigned + InProgress + Scheduled + Blocked + Waiting;

    /// <summary>What a success rate is taken of: a cancelled task neither succeeded nor failed.</summary>
    [JsonIgnore]
    public long Tried => Completed + Failed;

    /// <summary>All nine, for checks that concern each alike.</summary>
    [JsonIgnore]
    public IReadOnlyList<long> All => [Pending, Assigned, InProgress, Scheduled, Blocked, Waiting, Completed, Failed, Cancelled];

    /// <summary>Both together.</summary>
    public static StateCounts operator +(StateCounts left, StateCounts right) => new()
    {
        Pending = left.Pending + right.Pending,
        Assigned = left.Assigned + right.Assigned,
        InProgress = left.InProgress + right.InProgress,
        Scheduled = left.Scheduled + right.Scheduled,
        Blocked = left.Blocked + right.Blocked,
        Waiting = left.Waiting + right.Waiting,
        Completed = left.Completed + right.Completed,
        Failed = left.Failed + right.Failed,
        Cancelled = left.Cancelled + right.Cancelled,
    };
}
