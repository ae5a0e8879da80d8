using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Grpc;

/// <summary>The calls of <c>taskplatform.v1.Tasks</c> (TaskPlatform.Client/Protocol/tasks.proto).</summary>
internal sealed class TasksService(IQueueOwners owners, WorkStreams streams, TimeProvider time, IHostApplicationLifetime lifetime) : Tasks.TasksBase
{
    private const int EventBytes = 256;

    // Streams are open for as long as their callers live: the service could not stop before they do.
    private CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <inheritdoc/>
    public override Task Submit(IAsyncStreamReader<SubmitRequest> requestStream, IServerStreamWriter<SubmitReply> responseStream, ServerCallContext context)
        => Calls.RunAsync(Stopping, async () =>
        {
            using var end = EndOf(context);
            await new SubmitStream(owners, responseStream).RunAsync(requestStream, context.GetHttpContext(), end.Token);
            return true;
        });

    /// <inheritdoc/>
    public override Task<GetReply> Get(GetRequest request, ServerCallContext context) => Calls.RunAsync(Stopping, async () =>
    {
        var (queue, id) = (Calls.Queue(request.Queue), Calls.Id("id", request.Id));
        if (request.WaitSeconds is not (>= 0 and <= RequestLimits.WaitSeconds)) throw Calls.Invalid("wait_seconds", $"must be 0 to {RequestLimits.WaitSeconds}");
        var owner = await FindAsync(queue, context.CancellationToken);
        var view = await new TaskWait(owner, time).GetAsync(id, TimeSpan.FromSeconds(request.WaitSeconds), context.CancellationToken);
        var task = await TaskEndpoints.WholeAsync(owner, view, context.CancellationToken);
        return new GetReply { Task = UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(task, WireJson.Default.TaskInfo)) };
    });

    /// <inheritdoc/>
    public override Task Watch(WatchRequest request, IServerStreamWriter<WatchReply> responseStream, ServerCallContext context) => Calls.RunAsync(Stopping, async () =>
    {
        using var end = EndOf(context);
        var owner = await FindAsync(Calls.Queue(request.Queue), end.Token);
        var outbox = new Outbox<WatchReply>(responseStream);
        var writing = outbox.RunAsync(end.Token);
        await foreach (var happened in owner.Events.SubscribeAsync(request.LastEventId is { Length: > 0 } last ? last : null, end.Token))
        {
            // A reader who does not keep up is cut off by the bounded backlog behind it.
            await outbox.RoomAsync(end.Token);
            outbox.Add(Message(happened, owner.Queue), EventBytes + happened.TextLength, static (message, item) => message.Events.Add(item));
        }
        outbox.End();
        await writing;
        return true;
    });

    /// <inheritdoc/>
    public override Task Work(IAsyncStreamReader<WorkRequest> requestStream, IServerStreamWriter<WorkReply> responseStream, ServerCallContext context)
        => Calls.RunAsync(Stopping, async () =>
        {
            using var end = EndOf(context);
            if (!await requestStream.NextAsync(context.GetHttpContext(), end.Token)) return false;
            var first = requestStream.Current;
            var hello = HelloReader.Check(first.Hello);
            using var place = await streams.EnterAsync(hello.Queue, hello.AgentId, hello.InstanceId, end.Token);
            try
            {
                await WorkAsync(place, first, requestStream, responseStream, context.GetHttpContext());
            }
            catch (OperationCanceledException) when (place.Ended.IsCancellationRequested && !end.IsCancellationRequested)
            {
                throw new RpcException(new Status(StatusCode.Aborted, "Another stream of the same instance has come."));
            }
            return true;
        });

    private async Task WorkAsync(
        WorkStreams.Place place, WorkRequest first, IAsyncStreamReader<WorkRequest> requests, IServerStreamWriter<WorkReply> replies, HttpContext call)
    {
        var owner = await owners.FindAsync(first.Hello.Queue, place.Ended);
        if (HelloReader.Registration(first.Hello) is { } registration) await Dispatch.SendAsync<Outcome>(owner, registration, place.Ended);
        var rejoined = (await Dispatch.SendAsync<Outcome.Rejoined>(owner, HelloReader.Rejoin(first.Hello), place.Ended)).Outcome;
        await new WorkStream(owners, time, place, HelloReader.Claim(first.Hello), replies).RunAsync(first, Welcome(rejoined), requests, call);
    }

    private CancellationTokenSource EndOf(ServerCallContext context) => CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, Stopping);

    private async Task<IQueueOwner> FindAsync(string queue, CancellationToken gone)
        => await owners.FindExistingAsync(queue, gone)
        ?? throw new RequestRefusedException(Problems.NoQueue(queue));

    private static Welcome Welcome(Outcome.Rejoined rejoined)
    {
        var welcome = new Welcome();
        foreach (var standing in rejoined.Standing)
        {
            welcome.Kept.Add(new LeaseKept
            {
                Id = standing.Grant.TaskId,
                Token = LeaseTokens.Write(standing.Grant.Token),
                LeaseSeconds = Times.Seconds(standing.LeaseMs),
                CancelRequested = standing.CancelRequested,
            });
        }
        return welcome;
    }

    private Event Message(QueueEvent happened, string queue) => new()
    {
        Id = happened.Id.ToString(),
        Kind = happened.Kind,
        TaskId = happened.TaskId,
        State = happened.State,
        Event_ = UnsafeByteOperations.UnsafeWrap(
            JsonSerializer.SerializeToUtf8Bytes(EventAnswers.Of(happened, queue, time), WireJson.Default.TaskEventInfo)),
    };
}
