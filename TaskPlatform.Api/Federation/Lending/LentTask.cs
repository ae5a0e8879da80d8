using System.Text.Json.Serialization;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>
/// All that a peer is told of a task that it works on; it travels sealed. What stays at home: labels, the graph, the history, and the names of queue and agents.
/// </summary>
internal sealed record LentTask
{
    /// <summary>The task's id in its home queue.</summary>
    public required string TaskId { get; init; }

    /// <summary>The lease that the peer holds.</summary>
    public required string Token { get; init; }

    /// <summary>How long the lease lasts without a report, in milliseconds.</summary>
    public required long LeaseMs { get; init; }

    public required string Type { get; init; }

    /// <summary>1 (critical) to 4 (low).</summary>
    public required int Priority { get; init; }

    public string? Description { get; init; }

    /// <summary>The work, as the UTF-8 JSON that was submitted.</summary>
    public byte[]? Payload { get; init; }

    /// <summary>How long an agent's lease lasts, in milliseconds.</summary>
    public required long AgentLeaseMs { get; init; }

    /// <summary>How long the attempt may take, in milliseconds.</summary>
    public required long AttemptTimeoutMs { get; init; }

    /// <summary>How long it may go without any change, in milliseconds; null: for ever.</summary>
    public long? StallMs { get; init; }

    /// <summary>The trace of its submit, which goes on at the peer.</summary>
    public string? Traceparent { get; init; }

    /// <summary>In how many released figures the peer may count it: in none, its home does that.</summary>
    public required string Cap { get; init; }
}

/// <summary>What a peer says about a task that it holds; it travels sealed.</summary>
internal sealed record LeaseReport
{
    public required string TaskId { get; init; }

    public required string Token { get; init; }

    public required ReportVerb Verb { get; init; }

    public double? Progress { get; init; }

    public string? Message { get; init; }

    public byte[]? Checkpoint { get; init; }

    public long Tokens { get; init; }

    public double Cost { get; init; }

    public byte[]? Result { get; init; }

    public double? Confidence { get; init; }

    public string? ErrorType { get; init; }

    public string? ErrorMessage { get; init; }

    public bool IsRetryable { get; init; }
}

/// <summary>What a report is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReportVerb>))]
internal enum ReportVerb
{
    /// <summary>The task waits for an agent of the peer.</summary>
    Waiting,

    /// <summary>The task is being worked on.</summary>
    Heartbeat,

    /// <summary>It has its result.</summary>
    Complete,

    /// <summary>The attempt failed.</summary>
    Fail,

    /// <summary>The peer gives it back untouched.</summary>
    Release,
}

/// <summary>What the home says to a report.</summary>
/// <param name="IsStanding">Whether the lease still stood, so that the report counts.</param>
/// <param name="IsCancelRequested">Whether the agent is asked to stop.</param>
internal sealed record ReportAnswer(bool IsStanding, bool IsCancelRequested);

/// <summary>The question whether a peer has room for a task.</summary>
/// <param name="Type">The task's type: nothing else is told before the peer has said yes.</param>
internal sealed record Offer(string Type);

/// <summary>The answer to an offer; yes is a promise for two seconds.</summary>
internal sealed record OfferAnswer(bool IsTaken);

/// <summary>The question whether a peer has tasks to give.</summary>
/// <param name="Types">What agents here have a slot free for.</param>
/// <param name="Most">How many slots are free.</param>
internal sealed record WorkRequest(IReadOnlyList<string> Types, int Most);

/// <summary>How peers' bodies are written. Unknown fields are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(LentTask))]
[JsonSerializable(typeof(IReadOnlyList<LentTask>))]
[JsonSerializable(typeof(LeaseReport))]
[JsonSerializable(typeof(ReportAnswer))]
[JsonSerializable(typeof(Offer))]
[JsonSerializable(typeof(OfferAnswer))]
[JsonSerializable(typeof(WorkRequest))]
internal sealed partial class LendingJson : JsonSerializerContext;
