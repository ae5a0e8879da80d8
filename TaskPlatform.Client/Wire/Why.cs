using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Wire;

/// <summary>Why a task is where it is, in a word.</summary>
[JsonConverter(typeof(WireEnumConverter<WhyReason>))]
public enum WhyReason
{
    /// <summary>An agent works on it.</summary>
    Running,
    /// <summary>It may be handed out at any moment.</summary>
    Ready,
    /// <summary>It waits for tasks that it depends on.</summary>
    Blocked,
    /// <summary>It waits for its time.</summary>
    Scheduled,
    /// <summary>It waits for its children or an answer.</summary>
    Waiting,
    /// <summary>The queue or its type is paused.</summary>
    Paused,
    /// <summary>As many with its concurrency key run as may.</summary>
    Concurrency,
    /// <summary>As many with its rate limit key were started as may be.</summary>
    Rate,
    /// <summary>A budget is exhausted, or set aside for others.</summary>
    Budget,
    /// <summary>No agent that is there can take it.</summary>
    [JsonStringEnumMemberName("no-agent")]
    NoAgent,
    /// <summary>It is over.</summary>
    Finished,
}

/// <summary>Why a task is where it is.</summary>
public sealed record WhyInfo
{
    /// <summary>Where it stands.</summary>
    public TaskState State { get; init; }
    /// <summary>The reason in a word.</summary>
    public WhyReason Reason { get; init; }
    /// <summary>The same as a sentence for people, with numbers.</summary>
    public required string Text { get; init; }
    /// <summary>The tasks or keys that hold it.</summary>
    public required IReadOnlyList<string> WaitingFor { get; init; }
    /// <summary>Its place among ready tasks of its kind, 1 for the next; unset when it is in no line, or too far back to count.</summary>
    public int? Position { get; init; }
    /// <summary>When it is expected to start; unset when nothing can be said.</summary>
    public DateTimeOffset? ExpectedStart { get; init; }
    /// <summary>Agents that are known, a hundred at most, and whether each may take it.</summary>
    public required IReadOnlyList<AgentFit> Agents { get; init; }
}

/// <summary>Whether an agent may take a task.</summary>
public sealed record AgentFit
{
    /// <summary>The agent.</summary>
    public required string AgentId { get; init; }
    /// <summary>Whether it may take the task.</summary>
    public bool Eligible { get; init; }
    /// <summary>Why, or why not.</summary>
    public required string Because { get; init; }
}
