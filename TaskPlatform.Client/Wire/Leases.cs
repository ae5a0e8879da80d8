namespace TaskPlatform.Client.Wire;

/// <summary>Asks for work.</summary>
public sealed record ClaimRequest
{
    /// <summary>Who asks.</summary>
    public string? AgentId { get; init; }
    /// <summary>Which replica of the agent.</summary>
    public string? InstanceId { get; init; }
    /// <summary>Only these types; unset: whatever the agent's registered capabilities allow.</summary>
    public IReadOnlyList<string>? Types { get; init; }
    /// <summary>How many tasks at most; 1 when unset.</summary>
    public int? Max { get; init; }
    /// <summary>How long to wait for the first, 0 to 60 seconds; 0 when unset.</summary>
    public double? WaitSeconds { get; init; }
    /// <summary>How long the leases hold; unset: as each task says.</summary>
    public double? LeaseSeconds { get; init; }
    /// <summary>Names the claim: repeated with the same name it returns the same leases that still stand.</summary>
    public string? ClaimId { get; init; }
}

/// <summary>What was granted, each task with its lease; empty when nothing came in time.</summary>
public sealed record ClaimReply
{
    /// <summary>The granted tasks.</summary>
    public required IReadOnlyList<TaskInfo> Tasks { get; init; }
}

/// <summary>A sign of life; unset fields leave what stands.</summary>
public sealed record HeartbeatRequest
{
    /// <summary>The grant.</summary>
    public string? LeaseToken { get; init; }
    /// <summary>How far it is, 0 to 1.</summary>
    public double? Progress { get; init; }
    /// <summary>For people, at most 8 KiB.</summary>
    public string? Message { get; init; }
    /// <summary>For the next attempt, at most 256 KiB.</summary>
    public RawJson? Checkpoint { get; init; }
    /// <summary>What this grant has used so far, in all.</summary>
    public TaskUsage? Usage { get; init; }
}

/// <summary>The lease after a heartbeat.</summary>
public sealed record HeartbeatReply
{
    /// <inheritdoc cref="LeaseInfo.ExpiresAt"/>
    public DateTimeOffset ExpiresAt { get; init; }
    /// <inheritdoc cref="LeaseInfo.ExpiresInSeconds"/>
    public double ExpiresInSeconds { get; init; }
    /// <summary>Somebody asked to cancel: stop soon; a completion within the grace is still taken.</summary>
    public bool CancelRequested { get; init; }
}

/// <summary>The work is done.</summary>
public sealed record CompleteRequest
{
    /// <summary>The grant. Left out inside a batch, where the settlement carries it.</summary>
    public string? LeaseToken { get; init; }
    /// <summary>What came out, at most 256 KiB.</summary>
    public RawJson? Result { get; init; }
    /// <summary>What this grant has used, in all; unset: as the last heartbeat said.</summary>
    public TaskUsage? Usage { get; init; }
    /// <summary>How sure the agent is, 0 to 1.</summary>
    public double? Confidence { get; init; }
}

/// <summary>The attempt failed.</summary>
public sealed record FailRequest
{
    /// <summary>The grant. Left out inside a batch, where the settlement carries it.</summary>
    public string? LeaseToken { get; init; }
    /// <summary>Why.</summary>
    public TaskError? Error { get; init; }
    /// <summary>Try again after so long, without counting this attempt.</summary>
    public double? RetryAfterSeconds { get; init; }
}

/// <summary>The agent gives the task back without having tried.</summary>
public sealed record ReleaseRequest
{
    /// <summary>The grant. Left out inside a batch, where the settlement carries it.</summary>
    public string? LeaseToken { get; init; }
}

/// <summary>Asks to cancel.</summary>
public sealed record CancelRequest
{
    /// <summary>For people.</summary>
    public string? Reason { get; init; }
}
