using System.Text.Json;
using Grpc.Core;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using Problem = TaskPlatform.Client.Wire.Problem;
using ProblemMessage = TaskPlatform.Client.Protocol.Problem;

namespace TaskPlatform.Api.Grpc;

/// <summary>Refusals as gRPC says them: of an item as a message, of a call as a status with the same problem that HTTP answers in its trailers.</summary>
internal static class Refusals
{
    /// <summary>What one item is answered.</summary>
    public static ProblemMessage Of(string queue, Problem problem, TimeSpan? retryAfter = null)
    {
        TaskMetrics.Refused(queue, problem.Name);
        var message = new ProblemMessage
        {
            Name = problem.Name,
            Status = problem.Status ?? 500,
            Detail = problem.Detail ?? "",
            RetryAfterSeconds = (retryAfter ?? Problems.RetryAfter(problem) ?? TimeSpan.Zero).TotalSeconds,
        };
        foreach (var error in problem.Errors ?? []) message.Errors.Add(new Client.Protocol.FieldError { Field = error.Field, Message = error.Message });
        return message;
    }

    /// <summary>What one item is answered that the rules refused.</summary>
    public static ProblemMessage Of(string queue, Refusal refusal)
    {
        var message = Of(queue, Problems.Of(refusal));
        message.Ids.AddRange(refusal.Ids);
        return message;
    }

    /// <summary>What one item is answered to which there is no answer.</summary>
    public static ProblemMessage Of(string queue, QueueUnavailableException unavailable) => Of(queue, Problems.Of(unavailable), unavailable.RetryAfter);

    /// <summary>How a call ends that is refused as a whole.</summary>
    public static RpcException Call(Problem problem)
    {
        var trailers = new Metadata { { Messages.ProblemTrailer, JsonSerializer.SerializeToUtf8Bytes(problem, WireJson.Default.Problem) } };
        return new RpcException(new Status(CodeOf(problem.Status ?? 500), problem.Detail ?? problem.Title ?? problem.Name), trailers);
    }

    private static StatusCode CodeOf(int status) => status switch
    {
        400 or 422 => StatusCode.InvalidArgument,
        404 or 410 => StatusCode.NotFound,
        409 => StatusCode.FailedPrecondition,
        413 or 429 => StatusCode.ResourceExhausted,
        503 => StatusCode.Unavailable,
        _ => StatusCode.Internal,
    };
}
