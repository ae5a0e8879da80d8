namespace TaskPlatform.Client.Wire;

/// <summary>What an agent can do.</summary>
public sealed record AgentRegistration
{
    /// <summary>Task types and capabilities; <c>general</c> fits every type.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }
    /// <summary>How many tasks one instance holds at once; 1 when unset.</summary>
    public int? MaxConcurrency { get; init; }
    /// <summary>How fast it is beside others; stays as it was when unset, standard at first.</summary>
    public AgentSpeed? SpeedClass { get; init; }
    /// <summary>What a token costs with it, in the operator's unit.</summary>
    public double? CostPerToken { get; init; }
}

/// <summary>An agent as the queue knows it.</summary>
public sealed record AgentInfo
{
    /// <summary>The agent.</summary>
    public required string AgentId { get; init; }
    /// <summary>The replica.</summary>
    public string? InstanceId { get; init; }
    /// <summary>What it can do.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }
    /// <summary>How many tasks an instance holds at once.</summary>
    public int? MaxConcurrency { get; init; }
    /// <summary>How many it holds.</summary>
    public int Load { get; init; }
    /// <summary>The share of its attempts that completed, 0 to 1; unset before the first.</summary>
    public double? SuccessRate { get; init; }
    /// <summary>How long an attempt takes on average; unset before the first.</summary>
    public double? MeanSeconds { get; init; }
    /// <summary>How many attempts it has settled.</summary>
    public long TotalTasks { get; init; }
    /// <summary>The same by type of task; unset before the first.</summary>
    public IReadOnlyDictionary<string, TypeFigures>? Types { get; init; }
    /// <summary>How fast it says it is.</summary>
    public AgentSpeed? SpeedClass { get; init; }
    /// <summary>What a token costs with it, if it said so.</summary>
    public double? CostPerToken { get; init; }
    /// <summary>Its last call.</summary>
    public DateTimeOffset? LastSeen { get; init; }
    /// <summary>It is granted nothing more.</summary>
    public bool Draining { get; init; }
}

/// <summary>The agents of a queue.</summary>
public sealed record AgentList
{
    /// <summary>The agents.</summary>
    public required IReadOnlyList<AgentInfo> Agents { get; init; }
}

/// <summary>A queue as it stands.</summary>
public sealed record QueueInfo
{
    /// <summary>Its name, <c>[a-z0-9][a-z0-9._-]{0,63}</c>.</summary>
    public required string Name { get; init; }
    /// <summary>Nothing is granted.</summary>
    public bool Paused { get; init; }
    /// <summary>Types of which nothing is granted, when not the whole queue is paused.</summary>
    public IReadOnlyList<string>? PausedTypes { get; init; }
    /// <summary>What its replies promise.</summary>
    public QueueDurability Durability { get; init; }
    /// <summary>How many tasks are in each state.</summary>
    public IReadOnlyDictionary<string, long>? Counts { get; init; }
    /// <summary>How long the oldest ready task has waited; unset when none is ready.</summary>
    public double? OldestPendingSeconds { get; init; }
    /// <summary>Its settings; left out in lists.</summary>
    public QueueSettings? Settings { get; init; }
}

/// <summary>The queues.</summary>
public sealed record QueueList
{
    /// <summary>The queues.</summary>
    public required IReadOnlyList<QueueInfo> Queues { get; init; }
}

/// <summary>Pauses or resumes a queue, or some types of it.</summary>
public sealed record PauseRequest
{
    /// <summary>The types; unset: the whole queue.</summary>
    public IReadOnlyList<string>? Types { get; init; }
}
