using System.Text.Json;
using Google.Protobuf;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using TaskPriority = TaskPlatform.Engine.TaskPriority;

namespace TaskPlatform.Api.Grpc;

/// <summary>Writes grants: of a plain task what an agent needs, its payload uncopied; of any other the whole task besides.</summary>
internal static class Grants
{
    private const int BytesBeside = 128;

    /// <summary>A grant, and its size, roughly, in bytes.</summary>
    public static (Grant Grant, int Bytes) Of(TaskView view, string queue)
    {
        var (task, lease) = (view.Task, view.Task.Lease!);
        var grant = new Grant
        {
            Id = task.Id,
            Type = task.Type,
            Payload = UnsafeByteOperations.UnsafeWrap(task.Body!.Payload),
            Attempt = task.Attempt,
            Token = LeaseTokens.Write(lease.Token),
            LeaseSeconds = Times.Seconds(lease.DurationMs),
            Traceparent = task.Body.Traceparent ?? "",
        };
        if (!IsPlain(view)) grant.More = UnsafeByteOperations.UnsafeWrap(Whole(view, queue));
        return (grant, BytesBeside + grant.Payload.Length + grant.More.Length);
    }

    private static bool IsPlain(TaskView view)
        => view.Task is { History: null, GraphId: null, ParentId: null, Priority: TaskPriority.Medium, NotBeforeUnixMs: null, DeadlineUnixMs: null } task
        && task.Labels.Count == 0 && view.Inputs.IsEmpty && view.Children.IsEmpty
        && task.Body is { Description: null, Unique: null } body && body.Capabilities.IsEmpty
        && ReferenceEquals(body.Policy, TaskPolicy.Default) && ReferenceEquals(body.Flow, TaskFlow.None);

    private static byte[] Whole(TaskView view, string queue)
        => JsonSerializer.SerializeToUtf8Bytes(TaskAnswers.Whole(view, queue) with { Payload = null }, WireJson.Default.TaskInfo);
}
