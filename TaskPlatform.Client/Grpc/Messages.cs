using System.Globalization;
using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using TaskPlatform.Client.Wire;
using Message = TaskPlatform.Client.Protocol;

namespace TaskPlatform.Client.Grpc;

/// <summary>Between what the client speaks of and the messages of the protocol.</summary>
internal static class Messages
{
    /// <summary>The trailer of a call that is refused as a whole: the problem as JSON.</summary>
    public const string ProblemTrailer = "problem-bin";

    /// <summary>The largest message, in bytes.</summary>
    public const int MostBytes = 4 << 20;

    /// <summary>A task that was granted.</summary>
    public static TaskInfo Task(Message.Grant grant, string queue, TimeProvider time)
    {
        var task = grant.More.IsEmpty
            ? new TaskInfo { Id = grant.Id, Type = grant.Type, Queue = queue, State = TaskState.Assigned, Attempt = grant.Attempt, Traceparent = Given(grant.Traceparent) }
            : JsonSerializer.Deserialize(grant.More.Span, WireJson.Default.TaskInfo)!;
        return task with
        {
            Payload = grant.Payload.IsEmpty ? null : RawJson.FromTrusted(grant.Payload.Memory),
            Lease = new LeaseInfo
            {
                Token = grant.Token,
                ExpiresInSeconds = grant.LeaseSeconds,
                ExpiresAt = time.GetUtcNow().AddSeconds(grant.LeaseSeconds),
            },
        };
    }

    /// <summary>A heartbeat.</summary>
    public static Message.Heartbeat Heartbeat(ulong number, string taskId, HeartbeatRequest beat)
    {
        var message = new Message.Heartbeat { Number = number, Id = taskId, Token = beat.LeaseToken ?? "" };
        if (beat.Progress is { } progress) message.Progress = progress;
        if (beat.Message is { } text) message.Message = text;
        if (beat.Checkpoint is { } checkpoint) message.Checkpoint = Bytes(checkpoint);
        if (beat.Usage is { } usage) message.Usage = Usage(usage);
        return message;
    }

    /// <summary>How a grant ended.</summary>
    public static Message.Settlement Settlement(ulong number, Settlement settlement)
    {
        var message = new Message.Settlement { Number = number, Id = settlement.Id ?? "", Token = settlement.LeaseToken ?? "" };
        if (settlement.Complete is { } complete) message.Complete = Complete(complete);
        else if (settlement.Fail is { } fail) message.Fail = Fail(fail);
        else message.Release = new Message.Release();
        return message;
    }

    /// <summary>Why an item was refused.</summary>
    public static TaskPlatformException Refusal(string what, Message.Problem problem)
    {
        var wire = new Problem
        {
            Type = ProblemTypes.Prefix + problem.Name,
            Status = problem.Status,
            Detail = problem.Detail,
            Errors = problem.Errors.Count == 0 ? null : [.. problem.Errors.Select(error => new FieldError(error.Field, error.Message))],
        };
        return Refusal(what, wire, problem.RetryAfterSeconds > 0 ? TimeSpan.FromSeconds(problem.RetryAfterSeconds) : null, cause: null);
    }

    /// <summary>Why a call ended.</summary>
    public static TaskPlatformException Refusal(string what, RpcException failure)
        => failure.Trailers.GetValueBytes(ProblemTrailer) is { } json && JsonSerializer.Deserialize(json, WireJson.Default.Problem) is { } problem
            ? Refusal(what, problem, retryAfter: null, failure)
            : new TaskPlatformException($"{what}: no answer. {failure.Status.Detail}", null, null, null, failure);

    private static TaskPlatformException Refusal(string what, Problem problem, TimeSpan? retryAfter, Exception? cause)
    {
        var fields = string.Concat(problem.Errors?.Select(error => $" {error.Field}: {error.Message}") ?? []);
        var status = problem.Status ?? 500;
        return new TaskPlatformException(
            string.Create(CultureInfo.InvariantCulture, $"{what}: {status} {problem.Name} {problem.Detail}{fields}"), (HttpStatusCode)status, problem, retryAfter, cause);
    }

    private static Message.Complete Complete(CompleteRequest complete)
    {
        var message = new Message.Complete();
        if (complete.Result is { } result) message.Result = Bytes(result);
        if (complete.Usage is { } usage) message.Usage = Usage(usage);
        if (complete.Confidence is { } confidence) message.Confidence = confidence;
        return message;
    }

    private static Message.Fail Fail(FailRequest fail)
    {
        var message = new Message.Fail { Type = fail.Error?.Type ?? "", Message = fail.Error?.Message ?? "", Final = fail.Error?.Retryable == false };
        if (fail.RetryAfterSeconds is { } wait) message.RetryAfterSeconds = wait;
        return message;
    }

    private static Message.Usage Usage(TaskUsage usage) => new() { Tokens = usage.Tokens ?? 0, Cost = (double)(usage.Cost ?? 0) };

    private static ByteString Bytes(RawJson json) => UnsafeByteOperations.UnsafeWrap(json.Utf8);

    private static string? Given(string text) => text.Length == 0 ? null : text;
}
