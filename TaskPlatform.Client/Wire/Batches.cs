namespace TaskPlatform.Client.Wire;

/// <summary>Several tasks, each for itself.</summary>
public sealed record SubmitBatchRequest
{
    /// <summary>The tasks.</summary>
    public IReadOnlyList<SubmitTask>? Tasks { get; init; }
}

/// <summary>One settlement: exactly one of complete, fail and release.</summary>
public sealed record Settlement
{
    /// <summary>The task.</summary>
    public string? Id { get; init; }
    /// <summary>The grant.</summary>
    public string? LeaseToken { get; init; }
    /// <summary>It is done.</summary>
    public CompleteRequest? Complete { get; init; }
    /// <summary>It failed.</summary>
    public FailRequest? Fail { get; init; }
    /// <summary>It is given back.</summary>
    public ReleaseRequest? Release { get; init; }
}

/// <summary>Several settlements, each for itself.</summary>
public sealed record SettleBatchRequest
{
    /// <summary>The settlements.</summary>
    public IReadOnlyList<Settlement>? Settle { get; init; }
}

/// <summary>What became of one item of a batch.</summary>
public sealed record BatchOutcome
{
    /// <summary>The task; unset when it was refused before it had an id.</summary>
    public string? Id { get; init; }
    /// <summary>The HTTP status a single call would have had.</summary>
    public int Status { get; init; }
    /// <summary>The task, when it was taken.</summary>
    public TaskInfo? Task { get; init; }
    /// <summary>Why not, otherwise.</summary>
    public Problem? Problem { get; init; }
}

/// <summary>One outcome for each item, in the order of the call.</summary>
public sealed record BatchReply
{
    /// <summary>The outcomes.</summary>
    public required IReadOnlyList<BatchOutcome> Outcomes { get; init; }
}

/// <summary>Tasks submitted together, all or none.</summary>
public sealed record SubmitGraphRequest
{
    /// <summary>At most 10,000 tasks and 32 MiB.</summary>
    public IReadOnlyList<SubmitTask>? Tasks { get; init; }
    /// <summary>What all of them, and the tasks that they add, may use together.</summary>
    public TaskUsage? Budget { get; init; }
}

/// <summary>A task's id and state.</summary>
public sealed record TaskStub
{
    /// <summary>The task.</summary>
    public required string Id { get; init; }
    /// <summary>Where it stands.</summary>
    public TaskState State { get; init; }
}

/// <summary>The graph that was taken.</summary>
public sealed record GraphReply
{
    /// <summary>Its id, on each of its tasks.</summary>
    public required string GraphId { get; init; }
    /// <summary>Its tasks in the order of the call.</summary>
    public required IReadOnlyList<TaskStub> Tasks { get; init; }
}

/// <summary>A graph as it stands.</summary>
public sealed record GraphInfo
{
    /// <summary>The graph.</summary>
    public required string GraphId { get; init; }
    /// <summary>
    /// The state of the whole: completed when all tasks are; when all are over, failed if one is, else cancelled; pending while none has begun; else
    /// in progress.
    /// </summary>
    public TaskState State { get; init; }
    /// <summary>How many tasks are in each state.</summary>
    public IReadOnlyDictionary<string, int>? Counts { get; init; }
    /// <summary>The chain of tasks that decides how long it takes.</summary>
    public IReadOnlyList<string>? CriticalPath { get; init; }
    /// <summary>What its tasks may use together.</summary>
    public TaskUsage? Budget { get; init; }
    /// <summary>What they have used; unset while that is nothing.</summary>
    public TaskUsage? Usage { get; init; }
    /// <summary>Its tasks.</summary>
    public required IReadOnlyList<TaskInfo> Tasks { get; init; }
}
