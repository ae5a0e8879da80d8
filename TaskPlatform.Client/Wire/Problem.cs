using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Wire;

/// <summary>Why a call was refused, as RFC 9457 says it.</summary>
public sealed record Problem
{
    /// <summary><c>urn:taskplatform:problem:</c> and a name, one of <see cref="ProblemTypes"/>.</summary>
    public string? Type { get; init; }
    /// <summary>The kind in a few words.</summary>
    public string? Title { get; init; }
    /// <summary>The HTTP status.</summary>
    public int? Status { get; init; }
    /// <summary>What is wrong this time, and what to do.</summary>
    public string? Detail { get; init; }
    /// <summary>The call concerned.</summary>
    public string? Instance { get; init; }
    /// <summary>Every bad field.</summary>
    public IReadOnlyList<FieldError>? Errors { get; init; }
    /// <summary>Further members, such as <c>cycle</c>.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extensions { get; set; }

    /// <summary>The name alone, for example <c>lease-lost</c>; empty when the type is not one of ours.</summary>
    [JsonIgnore]
    public string Name => Type?.StartsWith(ProblemTypes.Prefix, StringComparison.Ordinal) == true ? Type[ProblemTypes.Prefix.Length..] : "";

    /// <summary>Null where a body holds none: something between us and the service may answer too, and not in JSON.</summary>
    internal static Problem? Read(byte[] body)
    {
        try
        {
            return body is [] ? null : JsonSerializer.Deserialize(body, WireJson.Default.Problem);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A field of the request and what is wrong with it.</summary>
/// <param name="Field">The path of the field, for example <c>tasks[3].priority</c>.</param>
/// <param name="Message">What to write instead.</param>
public sealed record FieldError(string Field, string Message);

/// <summary>The names of refusals.</summary>
public static class ProblemTypes
{
    /// <summary>Stands before every name in a problem's type.</summary>
    public const string Prefix = "urn:taskplatform:problem:";

    /// <summary>400: fields are wrong; each is listed.</summary>
    public const string InvalidRequest = "invalid-request";
    /// <summary>404: no such task.</summary>
    public const string TaskNotFound = "task-not-found";
    /// <summary>404: no such queue.</summary>
    public const string QueueNotFound = "queue-not-found";
    /// <summary>404: no such graph.</summary>
    public const string GraphNotFound = "graph-not-found";
    /// <summary>404: no such agent.</summary>
    public const string AgentNotFound = "agent-not-found";
    /// <summary>404: no such schedule.</summary>
    public const string ScheduleNotFound = "schedule-not-found";
    /// <summary>404: no such route.</summary>
    public const string RouteNotFound = "route-not-found";
    /// <summary>404: no such bulk operation.</summary>
    public const string OperationNotFound = "operation-not-found";
    /// <summary>404: no such debate.</summary>
    public const string DebateNotFound = "debate-not-found";
    /// <summary>409: the idempotency key was used with another body.</summary>
    public const string IdempotencyMismatch = "idempotency-mismatch";
    /// <summary>409: the id was used with another body.</summary>
    public const string IdConflict = "id-conflict";
    /// <summary>409: the grant has ended.</summary>
    public const string LeaseLost = "lease-lost";
    /// <summary>409: the task is final already.</summary>
    public const string TaskFinished = "task-finished";
    /// <summary>409: the task, or one that needs it, is not over.</summary>
    public const string TaskUnfinished = "task-unfinished";
    /// <summary>409: the task waits for no answer.</summary>
    public const string NotWaiting = "not-waiting";
    /// <summary>410: the task was deleted less than a day ago.</summary>
    public const string TaskPurged = "task-purged";
    /// <summary>413: over a limit of size.</summary>
    public const string PayloadTooLarge = "payload-too-large";
    /// <summary>422: the graph goes in a circle, which is named.</summary>
    public const string CycleDetected = "cycle-detected";
    /// <summary>422: a dependency names no task.</summary>
    public const string UnknownDependency = "unknown-dependency";
    /// <summary>429: too many calls.</summary>
    public const string RateLimited = "rate-limited";
    /// <summary>503: nobody decides for the queue right now. It may have happened or not.</summary>
    public const string QueueUnavailable = "queue-unavailable";
    /// <summary>503: the queue's mailbox is full.</summary>
    public const string QueueFull = "queue-full";
    /// <summary>503: the store is nearly full; submits are refused.</summary>
    public const string StoreFull = "store-full";
}
