using System.Collections.Frozen;
using System.Text.Json;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Refusals as RFC 9457 says them: each name with its status and title.</summary>
public static class Problems
{
    /// <summary>404: the address leads nowhere.</summary>
    public const string NotFound = "not-found";

    /// <summary>405: the address does not take this method.</summary>
    public const string MethodNotAllowed = "method-not-allowed";

    /// <summary>408: the body did not arrive in time.</summary>
    public const string RequestTimeout = "request-timeout";

    /// <summary>500: a fault of the service.</summary>
    public const string InternalError = "internal-error";

    /// <summary>The media type of a problem.</summary>
    public const string ContentType = "application/problem+json";

    // Nothing to wait for is known when the engine itself is full; a second gives agents time to finish something.
    private static readonly TimeSpan EngineRetryAfter = TimeSpan.FromSeconds(1);

    private static readonly FrozenDictionary<string, (int Status, string Title)> Kinds = new Dictionary<string, (int, string)>
    {
        [ProblemTypes.InvalidRequest] = (400, "The request is not valid."),
        [ProblemTypes.TaskNotFound] = (404, "There is no such task."),
        [ProblemTypes.QueueNotFound] = (404, "There is no such queue."),
        [ProblemTypes.GraphNotFound] = (404, "There is no such graph."),
        [ProblemTypes.AgentNotFound] = (404, "There is no such agent."),
        [ProblemTypes.RouteNotFound] = (404, "There is no such route."),
        [ProblemTypes.ScheduleNotFound] = (404, "There is no such schedule."),
        [ProblemTypes.OperationNotFound] = (404, "There is no such operation."),
        [ProblemTypes.DebateNotFound] = (404, "There is no such debate."),
        [NotFound] = (404, "There is nothing at this address."),
        [MethodNotAllowed] = (405, "This address does not take this method."),
        [RequestTimeout] = (408, "The request did not arrive in time."),
        [ProblemTypes.IdempotencyMismatch] = (409, "The idempotency key was used for another request."),
        [ProblemTypes.IdConflict] = (409, "The id was used for another task."),
        [ProblemTypes.LeaseLost] = (409, "The lease does not stand any more."),
        [ProblemTypes.TaskFinished] = (409, "The task is finished."),
        [ProblemTypes.TaskUnfinished] = (409, "The task, or one that needs it, is not finished."),
        [ProblemTypes.NotWaiting] = (409, "The task waits for no answer."),
        [ProblemTypes.TaskPurged] = (410, "The task was deleted."),
        [ProblemTypes.PayloadTooLarge] = (413, "The request is too large."),
        [ProblemTypes.CycleDetected] = (422, "Tasks wait for each other."),
        [ProblemTypes.UnknownDependency] = (422, "A dependency does not exist."),
        [ProblemTypes.RateLimited] = (429, "There are too many calls."),
        [InternalError] = (500, "The service failed."),
        [ProblemTypes.QueueUnavailable] = (503, "The queue cannot answer right now."),
        [ProblemTypes.QueueFull] = (503, "The queue is full."),
        [ProblemTypes.StoreFull] = (503, "The store is full."),
    }.ToFrozenDictionary();

    /// <summary>The status of a name; 500 for a name that this version does not know.</summary>
    public static int StatusOf(string name) => Kinds.TryGetValue(name, out var kind) ? kind.Status : 500;

    /// <summary>The title of a name.</summary>
    public static string TitleOf(string name) => Kinds.TryGetValue(name, out var kind) ? kind.Title : name;

    /// <summary>A problem by its name.</summary>
    public static Problem Of(string name, string detail, IReadOnlyList<FieldError>? errors = null) => new()
    {
        Type = ProblemTypes.Prefix + name,
        Title = TitleOf(name),
        Status = StatusOf(name),
        Detail = detail,
        Errors = errors,
    };

    /// <summary>What the engine refused. The tasks it is about stand in <c>ids</c>, those of a cycle in <c>cycle</c>.</summary>
    /// <param name="refusal">The refusal.</param>
    /// <param name="field">The field that it is about, where it is about one.</param>
    public static Problem Of(Refusal refusal, string? field = null)
    {
        var isAboutField = field is not null && refusal.Name == Refusal.InvalidRequest;
        var problem = Of(refusal.Name, refusal.Detail, isAboutField ? [new FieldError(field!, refusal.Detail)] : null);
        if (refusal.Ids.IsEmpty) return problem;
        var member = refusal.Name == Refusal.CycleDetected ? "cycle" : "ids";
        problem.Extensions = new() { [member] = JsonSerializer.SerializeToElement([.. refusal.Ids], ProblemJson.Default.StringArray) };
        return problem;
    }

    /// <summary>A queue that there is not.</summary>
    public static Problem NoQueue(string queue) => Of(ProblemTypes.QueueNotFound, $"The queue '{queue}' was never used.");

    /// <summary>A queue that could not answer.</summary>
    public static Problem Of(QueueUnavailableException unavailable) => Of(unavailable.Name, unavailable.Message);

    /// <summary>When to come back after this problem; null: there is no use in it.</summary>
    public static TimeSpan? RetryAfter(Problem problem) => problem.Status == 503 ? EngineRetryAfter : null;
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string[]))]
internal sealed partial class ProblemJson : System.Text.Json.Serialization.JsonSerializerContext;
