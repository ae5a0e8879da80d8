namespace TaskPlatform.Engine;

/// <summary>A limit on everything that can grow. Past one the verb is refused by name; nothing is dropped in silence.</summary>
public sealed record EngineLimits
{
    /// <summary>Unfinished tasks in a queue.</summary>
    public int UnfinishedTasks { get; init; } = 2_000_000;

    /// <summary>Finished tasks in a queue, whatever its retention says: the oldest are deleted.</summary>
    public int FinishedTasks { get; init; } = 5_000_000;

    /// <summary>Deleted tasks that are remembered; past it the oldest are forgotten before their day is over.</summary>
    public int Tombstones { get; init; } = 2_000_000;

    /// <summary>Tasks in one graph.</summary>
    public int GraphTasks { get; init; } = 10_000;

    /// <summary>Tasks that one task may add in all.</summary>
    public int Children { get; init; } = 10_000;

    /// <summary>How deep tasks that add tasks may be nested.</summary>
    public int ChildDepth { get; init; } = 32;

    /// <summary>Tasks in one claim.</summary>
    public int ClaimTasks { get; init; } = 1_000;

    /// <summary>Claims that wait at the same time.</summary>
    public int WaitingClaims { get; init; } = 20_000;

    /// <summary>Agents known at the same time, and instances of each.</summary>
    public int Agents { get; init; } = 20_000;

    /// <summary>Types of task of which an agent's figures are kept; those with most attempts stay.</summary>
    public int AgentTypes { get; init; } = 64;

    /// <summary>Schedules of a queue.</summary>
    public int Schedules { get; init; } = 10_000;

    /// <summary>Routes of a queue.</summary>
    public int Routes { get; init; } = 1_000;

    /// <summary>Bulk operations remembered at the same time.</summary>
    public int Operations { get; init; } = 1_000;

    /// <summary>Idempotency keys remembered at the same time; each takes about 230 bytes.</summary>
    public int IdempotencyKeys { get; init; } = 5_000_000;

    /// <summary>Attempts kept of the first and of the last, each.</summary>
    public int AttemptsKept { get; init; } = 10;

    /// <summary>Releases and deferrals of one task, after which it fails.</summary>
    public int Requeues { get; init; } = 100;

    /// <summary>Times in a row that a lease is granted again after an outage without a heartbeat in between.</summary>
    public int Regrants { get; init; } = 3;

    /// <summary>Tasks that one step may touch, so that none holds up the writer.</summary>
    public int StepTasks { get; init; } = 2_000;

    /// <summary>Rows that one step of a search may run through, for the same reason: a column is searched a vector at a time.</summary>
    public int StepRows { get; init; } = 1_000_000;

    /// <summary>How long a cancelled task's agent may still hand in its result, in milliseconds.</summary>
    public long CancelGraceMs { get; init; } = 10_000;

    /// <summary>How long an idempotency key is remembered, in milliseconds.</summary>
    public long IdempotencyMs { get; init; } = 24L * 3_600_000;

    /// <summary>How long a deleted task is remembered, in milliseconds.</summary>
    public long TombstoneMs { get; init; } = 24L * 3_600_000;

    /// <summary>How long a finished bulk operation is remembered, in milliseconds.</summary>
    public long OperationMs { get; init; } = 24L * 3_600_000;

    /// <summary>When a finished task that is still needed is looked at again, in milliseconds.</summary>
    public long StillNeededMs { get; init; } = 60_000;
}
