namespace TaskPlatform.Client.Wire;

/// <summary>A task this one depends on. A bare string is an edge on success.</summary>
/// <param name="Id">A task of the same call, or one submitted earlier to the queue.</param>
/// <param name="On">What has to happen to it.</param>
[System.Text.Json.Serialization.JsonConverter(typeof(DependencyConverter))]
public sealed record Dependency(string Id, DependencyTrigger On = DependencyTrigger.Success)
{
    /// <summary>An edge on success.</summary>
    public static implicit operator Dependency(string id) => new(id);
}

/// <summary>The pause before the next attempt. Unset: exponential, from 1 s up to 300 s.</summary>
public sealed record BackoffSpec
{
    /// <summary>How the pause grows.</summary>
    public BackoffKind? Kind { get; init; }
    /// <summary>Seconds before the second attempt; 1 when unset.</summary>
    public double? InitialSeconds { get; init; }
    /// <summary>The longest pause in seconds; 300 when unset.</summary>
    public double? MaxSeconds { get; init; }
}

/// <summary>What a task or an agent has spent, or may spend.</summary>
public sealed record TaskUsage
{
    /// <summary>Tokens of language models.</summary>
    public long? Tokens { get; init; }
    /// <summary>Money, in the operator's unit.</summary>
    public decimal? Cost { get; init; }
}

/// <summary>A task as it is submitted. Everything but the type may be left out; an unset field takes the default named at it.</summary>
public sealed record SubmitTask
{
    /// <summary>
    /// The caller's own id, <c>[A-Za-z0-9._:-]{1,128}</c>; a repeat of the same id and body answers with the first task. Unset: made by the
    /// service.
    /// </summary>
    public string? Id { get; init; }
    /// <summary>What kind of work it is; an agent must list it among its capabilities.</summary>
    public string? Type { get; init; }
    /// <summary>For people.</summary>
    public string? Description { get; init; }
    /// <summary>What the handler is given, at most 256 KiB.</summary>
    public RawJson? Payload { get; init; }
    /// <summary>Medium when unset.</summary>
    public TaskPriority? Priority { get; init; }
    /// <summary>What an agent must be able to do besides the type.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }
    /// <summary>Tasks that come first.</summary>
    public IReadOnlyList<Dependency>? DependsOn { get; init; }
    /// <summary>Not to be started earlier (wall clock).</summary>
    public DateTimeOffset? NotBefore { get; init; }
    /// <summary>Of no use later (wall clock).</summary>
    public DateTimeOffset? Deadline { get; init; }
    /// <summary>How often it may be tried in all; 4 when unset.</summary>
    public int? MaxAttempts { get; init; }
    /// <summary>The pause between attempts.</summary>
    public BackoffSpec? Backoff { get; init; }
    /// <summary>How long a grant holds without a heartbeat, in seconds; 30 when unset.</summary>
    public double? LeaseSeconds { get; init; }
    /// <summary>The longest one attempt may take despite heartbeats, in seconds; 3600 when unset.</summary>
    public double? AttemptTimeoutSeconds { get; init; }
    /// <summary>The longest time without a change of progress, message or checkpoint, in seconds; no limit when unset.</summary>
    public double? StallSeconds { get; init; }
    /// <summary>There is one task with this key at a time; a further submit is answered with the one that is there.</summary>
    public string? UniqueKey { get; init; }
    /// <summary>
    /// How long the unique key stays taken from the submit on, in seconds, also when the task is over before; until it is over when unset.
    /// </summary>
    public double? UniqueSeconds { get; init; }
    /// <summary>Of the tasks with this key only so many run at once as the queue's settings say.</summary>
    public string? ConcurrencyKey { get; init; }
    /// <summary>Of the tasks with this key only so many start in a period as the queue's settings say.</summary>
    public string? RateLimitKey { get; init; }
    /// <summary>Keys take turns by their weights; tasks without one share a key of their own.</summary>
    public string? FairnessKey { get; init; }
    /// <summary>How many slots of an agent it takes, and how much of its fairness key's turn; 1 when unset.</summary>
    public int? Weight { get; init; }
    /// <summary>What the task may use in all its attempts.</summary>
    public TaskUsage? Budget { get; init; }
    /// <summary>The budget of the queue's settings that it draws on together with others.</summary>
    public string? BudgetKey { get; init; }
    /// <summary>What a failed child means to this task; resume when unset.</summary>
    public ChildFailure? OnChildFailure { get; init; }
    /// <summary>
    /// The route that says who takes it: from the start where it demands no capability of its own, else when its budget key is exhausted and set to route. Where the
    /// queue has no route of that name, it is the capability of those who take it then.
    /// </summary>
    public string? Route { get; init; }
    /// <summary>
    /// The type of the task that judges each result: it answers <c>{pass, reason?, score?}</c>. Only a result that passes completes the task and unlocks its
    /// dependents; else the attempt has failed, and the next is given the verdict.
    /// </summary>
    public string? Verifier { get; init; }
    /// <summary>At most 32 names with values, to find the task by.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>Why an attempt failed.</summary>
public sealed record TaskError
{
    /// <summary>A short name that callers may switch on.</summary>
    public string? Type { get; init; }
    /// <summary>For people, at most 8 KiB.</summary>
    public string? Message { get; init; }
    /// <summary>Whether another attempt makes sense; true when unset.</summary>
    public bool? Retryable { get; init; }
}

/// <summary>One try at a task.</summary>
public sealed record TaskAttempt
{
    /// <summary>Counted from 1.</summary>
    public int Attempt { get; init; }
    /// <summary>Who tried.</summary>
    public string? AgentId { get; init; }
    /// <summary>Which replica of the agent.</summary>
    public string? InstanceId { get; init; }
    /// <summary>When it was granted.</summary>
    public DateTimeOffset StartedAt { get; init; }
    /// <summary>When it ended; unset while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
    /// <summary>How it ended, for example <c>completed</c>, <c>failed</c>, <c>released</c>, <c>lease-lost</c>; unset while it runs.</summary>
    public string? Outcome { get; init; }
    /// <summary>Why it failed.</summary>
    public TaskError? Error { get; init; }
}

/// <summary>What a verifier said of a result.</summary>
public sealed record VerdictInfo
{
    /// <summary>The verifier's task, a child of the one that it judged.</summary>
    public required string TaskId { get; init; }
    /// <summary>Whether the result is good enough.</summary>
    public bool Pass { get; init; }
    /// <summary>Why, in the verifier's words; at most 2,000 characters.</summary>
    public string? Reason { get; init; }
    /// <summary>How good the result is, in the verifier's unit.</summary>
    public double? Score { get; init; }
}

/// <summary>The right to work on a task for a time.</summary>
public sealed record LeaseInfo
{
    /// <summary>Names this grant and no other; every leased call carries it.</summary>
    public required string Token { get; init; }
    /// <summary>The end by the service's wall clock, for people.</summary>
    public DateTimeOffset ExpiresAt { get; init; }
    /// <summary>Seconds left when the answer was written. Agents count with this on a monotonic clock of their own.</summary>
    public double ExpiresInSeconds { get; init; }
}

/// <summary>A task as it is answered.</summary>
public sealed record TaskInfo
{
    /// <inheritdoc cref="SubmitTask.Id"/>
    public required string Id { get; init; }
    /// <summary>The queue it is in.</summary>
    public string? Queue { get; init; }
    /// <summary>The graph it was submitted with, or its parent's.</summary>
    public string? GraphId { get; init; }
    /// <summary>The task that added it.</summary>
    public string? ParentId { get; init; }
    /// <inheritdoc cref="SubmitTask.Type"/>
    public required string Type { get; init; }
    /// <summary>Where it stands.</summary>
    public TaskState State { get; init; }
    /// <inheritdoc cref="SubmitTask.Description"/>
    public string? Description { get; init; }
    /// <inheritdoc cref="SubmitTask.Payload"/>
    public RawJson? Payload { get; init; }
    /// <inheritdoc cref="SubmitTask.Priority"/>
    public TaskPriority Priority { get; init; } = TaskPriority.Medium;
    /// <inheritdoc cref="SubmitTask.Capabilities"/>
    public IReadOnlyList<string>? Capabilities { get; init; }
    /// <inheritdoc cref="SubmitTask.DependsOn"/>
    public IReadOnlyList<Dependency>? DependsOn { get; init; }
    /// <inheritdoc cref="SubmitTask.NotBefore"/>
    public DateTimeOffset? NotBefore { get; init; }
    /// <inheritdoc cref="SubmitTask.Deadline"/>
    public DateTimeOffset? Deadline { get; init; }
    /// <inheritdoc cref="SubmitTask.MaxAttempts"/>
    public int? MaxAttempts { get; init; }
    /// <inheritdoc cref="SubmitTask.Backoff"/>
    public BackoffSpec? Backoff { get; init; }
    /// <inheritdoc cref="SubmitTask.LeaseSeconds"/>
    public double? LeaseSeconds { get; init; }
    /// <inheritdoc cref="SubmitTask.AttemptTimeoutSeconds"/>
    public double? AttemptTimeoutSeconds { get; init; }
    /// <inheritdoc cref="SubmitTask.StallSeconds"/>
    public double? StallSeconds { get; init; }
    /// <inheritdoc cref="SubmitTask.UniqueKey"/>
    public string? UniqueKey { get; init; }
    /// <inheritdoc cref="SubmitTask.UniqueSeconds"/>
    public double? UniqueSeconds { get; init; }
    /// <inheritdoc cref="SubmitTask.ConcurrencyKey"/>
    public string? ConcurrencyKey { get; init; }
    /// <inheritdoc cref="SubmitTask.RateLimitKey"/>
    public string? RateLimitKey { get; init; }
    /// <inheritdoc cref="SubmitTask.FairnessKey"/>
    public string? FairnessKey { get; init; }
    /// <inheritdoc cref="SubmitTask.Weight"/>
    public int? Weight { get; init; }
    /// <summary>What the task may use in all its attempts, with what an answer added to it.</summary>
    public TaskUsage? Budget { get; init; }
    /// <inheritdoc cref="SubmitTask.BudgetKey"/>
    public string? BudgetKey { get; init; }
    /// <inheritdoc cref="SubmitTask.OnChildFailure"/>
    public ChildFailure? OnChildFailure { get; init; }
    /// <inheritdoc cref="SubmitTask.Route"/>
    public string? Route { get; init; }
    /// <inheritdoc cref="SubmitTask.Verifier"/>
    public string? Verifier { get; init; }
    /// <inheritdoc cref="SubmitTask.Labels"/>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The attempt that runs or ran last, counted from 1; 0 before the first.</summary>
    public int Attempt { get; init; }
    /// <summary>The agent that holds it, or held it last.</summary>
    public string? AssignedAgent { get; init; }
    /// <summary>When it was submitted.</summary>
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>When the running or last attempt was granted.</summary>
    public DateTimeOffset? StartedAt { get; init; }
    /// <summary>When it became final.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
    /// <summary>What the handler returned, at most 256 KiB.</summary>
    public RawJson? Result { get; init; }
    /// <summary>How sure the agent was of its result, from 0 to 1.</summary>
    public double? Confidence { get; init; }
    /// <summary>Why the last attempt failed.</summary>
    public TaskError? Error { get; init; }
    /// <summary>How far it is, from 0 to 1.</summary>
    public double? Progress { get; init; }
    /// <summary>What the agent said last, at most 8 KiB.</summary>
    public string? Message { get; init; }
    /// <summary>What an attempt left to the next, at most 256 KiB.</summary>
    public RawJson? Checkpoint { get; init; }
    /// <summary>
    /// Results of the tasks it depends on and of its children that completed, by id; a verifier's: the result that it is to judge. Over 1 MiB in all, each is
    /// <c>{"href": …}</c>, to be fetched.
    /// </summary>
    public IReadOnlyDictionary<string, RawJson>? Inputs { get; init; }
    /// <summary>The first and last ten attempts.</summary>
    public IReadOnlyList<TaskAttempt>? Attempts { get; init; }
    /// <summary>Somebody asked to cancel it while it runs.</summary>
    public bool? CancelRequested { get; init; }
    /// <summary>Ids of unfinished tasks that it waits for.</summary>
    public IReadOnlyList<string>? WaitingFor { get; init; }
    /// <summary>The tasks that it added, in order.</summary>
    public IReadOnlyList<string>? Children { get; init; }
    /// <summary>What its agent last asked of people.</summary>
    public string? Question { get; init; }
    /// <summary>The answers that are taken; unset: any.</summary>
    public IReadOnlyList<string>? Choices { get; init; }
    /// <summary>The answer to the question; unset until there is one.</summary>
    public RawJson? Answer { get; init; }
    /// <summary>What grants that ended have used; unset while that is nothing.</summary>
    public TaskUsage? Usage { get; init; }
    /// <summary>Where its route gave it to, and why; unset unless it was routed.</summary>
    public RoutingInfo? Routing { get; init; }
    /// <summary>What the verifier said of the last result that it judged; unset before the first verdict.</summary>
    public VerdictInfo? Verdict { get; init; }
    /// <summary>The task whose end cancelled this one.</summary>
    public string? CancelledBy { get; init; }
    /// <summary>On a submit: the unique key because of which this task is answered and none was made.</summary>
    public string? DeduplicatedBy { get; init; }
    /// <summary>The W3C trace context of the submit.</summary>
    public string? Traceparent { get; init; }
    /// <summary>The grant; only in answers to a claim.</summary>
    public LeaseInfo? Lease { get; init; }
}

/// <summary>A page of tasks, newest first.</summary>
public sealed record TaskList
{
    /// <summary>The page.</summary>
    public required IReadOnlyList<TaskInfo> Tasks { get; init; }
    /// <summary>Where the next page starts; unset on the last.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>Something that happened to a task, told after it was committed. A hint: the task is the truth.</summary>
public sealed record TaskEventInfo
{
    /// <summary><c>epoch-sequence-n</c>; a stream is resumed after it.</summary>
    public string? Id { get; init; }
    /// <summary>When it was decided.</summary>
    public DateTimeOffset At { get; init; }
    /// <summary>What happened; also the name of the server-sent event. <c>reset</c> comes first when a stream could not be resumed.</summary>
    public string? Kind { get; init; }
    /// <summary>The queue.</summary>
    public string? Queue { get; init; }
    /// <summary>The task.</summary>
    public string? TaskId { get; init; }
    /// <summary>The task's type.</summary>
    public string? Type { get; init; }
    /// <summary>The state the task is in now.</summary>
    public TaskState? State { get; init; }
    /// <summary>The agent concerned.</summary>
    public string? AgentId { get; init; }
    /// <summary>The task's graph.</summary>
    public string? GraphId { get; init; }
    /// <summary>The attempt concerned.</summary>
    public int? Attempt { get; init; }
    /// <summary>The task's progress, from 0 to 1.</summary>
    public double? Progress { get; init; }
    /// <summary>What the agent said.</summary>
    public string? Message { get; init; }
    /// <summary>Of a claim: why this agent was given this task; unset under fifo.</summary>
    public MatchInfo? Match { get; init; }
    /// <summary>Of a claim: where the task's route had given it to; unset unless it was routed.</summary>
    public RoutingInfo? Routing { get; init; }
}
