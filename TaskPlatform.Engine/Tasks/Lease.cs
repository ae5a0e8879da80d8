namespace TaskPlatform.Engine;

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

    /// <summary>The task waits for its children.</summary>
    Children = 4,

    /// <summary>The task waits for an answer.</summary>
    Ask = 5,
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

    /// <summary>When it was granted, in Unix milliseconds.</summary>
    public long GrantedUnixMs { get; init; }

    /// <summary>How often it was granted again after an outage since the last heartbeat.</summary>
    public int Regrants { get; init; }

    /// <summary>How many calls were answered with it: its claim may have been repeated, and only when all their callers are gone does nobody have it.</summary>
    public int Callers { get; init; } = 1;

    /// <summary>When it ends, on the monotonic clock.</summary>
    public long EndsTick { get; init; }

    /// <summary>When the attempt began, on the monotonic clock, less the time in which it waited.</summary>
    public long StartedTick { get; init; }

    /// <summary>When progress, message or checkpoint last changed, on the monotonic clock.</summary>
    public long ChangedTick { get; init; }

    /// <summary>How long the task had been ready when it was granted, in milliseconds; known to this process only, 0 after a restart.</summary>
    public long WaitedMs { get; init; }

    /// <summary>When a requested cancel takes effect, on the monotonic clock.</summary>
    public long GraceEndsTick { get; init; } = Moment.Never;

    /// <summary>What was set aside of its budgets for it; counts as used where nothing was reported.</summary>
    public Usage Reserved { get; init; }

    /// <summary>Why this agent was given this task; null under fifo, and after a restart.</summary>
    public MatchDecision? Match { get; init; }
}

/// <summary>What a grant or a task has used of language models.</summary>
public readonly record struct Usage(long Tokens, double Cost)
{
    /// <summary>Both together.</summary>
    public static Usage operator +(Usage left, Usage right) => new(left.Tokens + right.Tokens, left.Cost + right.Cost);

    /// <summary>What is left of the first without the second.</summary>
    public static Usage operator -(Usage left, Usage right) => new(left.Tokens - right.Tokens, left.Cost - right.Cost);
}
