using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Tests.Api;

namespace TaskPlatform.Tests.Grpc;

/// <summary>Messages as a program in any language would write them, to a queue of their own.</summary>
internal sealed class StreamCalls : IDisposable
{
    private readonly GrpcChannel _channel;

    public StreamCalls(ApiHost api)
    {
        _channel = GrpcChannel.ForAddress(api.Address.Streams!, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false } });
        Client = new Tasks.TasksClient(_channel);
    }

    public Tasks.TasksClient Client { get; }

    public string Queue { get; } = $"q-{Guid.NewGuid():N}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Submits in one message and waits for every answer, which may come in any order.</summary>
    public async Task<SubmitOutcome[]> SubmitAsync(params SubmitItem[] items)
    {
        using var call = Client.Submit(cancellationToken: Ct);
        await call.RequestStream.WriteAsync(new SubmitRequest { Queue = Queue, Tasks = { items } }, Ct);
        await call.RequestStream.CompleteAsync();
        var outcomes = new List<SubmitOutcome>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync(Ct)) outcomes.AddRange(reply.Tasks);
        return [.. outcomes.OrderBy(outcome => outcome.Number)];
    }

    public static SubmitItem Task(string id, string type = "work", string payload = "1", string more = "") => new()
    {
        Id = id, Type = type, Payload = Json(payload), More = Json(more),
    };

    public static ByteString Json(string text) => ByteString.CopyFromUtf8(text);

    public Hello Hello(string instance = "one", string agent = "agent") => new() { Queue = Queue, AgentId = agent, InstanceId = instance, Types_ = { "work" } };

    public async Task<AgentStream> WorkAsync(Hello? hello = null, int credit = 0)
    {
        var call = Client.Work(cancellationToken: Ct);
        var stream = new AgentStream(call);
        await stream.SendAsync(new WorkRequest { Hello = hello ?? Hello(), Credit = credit });
        return stream;
    }

    public void Dispose() => _channel.Dispose();
}

/// <summary>An agent's stream: what came and was not asked for yet is kept.</summary>
internal sealed class AgentStream(AsyncDuplexStreamingCall<WorkRequest, WorkReply> call) : IDisposable
{
    private readonly WorkReply _kept = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Task SendAsync(WorkRequest request) => call.RequestStream.WriteAsync(request, Ct);

    public Task<Welcome> WelcomeAsync() => NextAsync(reply => reply.Welcome, reply => reply.Welcome = null);

    public Task<Grant> GrantAsync() => NextAsync(reply => reply.Grants.FirstOrDefault(), reply => reply.Grants.RemoveAt(0));

    public Task<SettleOutcome> SettledAsync() => NextAsync(reply => reply.Settlements.FirstOrDefault(), reply => reply.Settlements.RemoveAt(0));

    public Task<HeartbeatOutcome> BeatenAsync() => NextAsync(reply => reply.Heartbeats.FirstOrDefault(), reply => reply.Heartbeats.RemoveAt(0));

    public Task<LeaseLost> LostAsync() => NextAsync(reply => reply.Lost.FirstOrDefault(), reply => reply.Lost.RemoveAt(0));

    public Task<CancelRequested> CancelAsync() => NextAsync(reply => reply.Cancels.FirstOrDefault(), reply => reply.Cancels.RemoveAt(0));

    /// <summary>Settles and waits for the answer.</summary>
    public async Task<SettleOutcome> SettleAsync(Settlement settlement)
    {
        await SendAsync(new WorkRequest { Settlements = { settlement } });
        return await SettledAsync();
    }

    /// <summary>Closes its side, and reads to the end.</summary>
    public async Task<WorkReply> CloseAsync()
    {
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(Ct)) _kept.MergeFrom(call.ResponseStream.Current);
        return _kept;
    }

    /// <summary>The status with which the service ends the stream.</summary>
    public async Task<RpcException> RefusalAsync() => await Assert.ThrowsAsync<RpcException>(async () =>
    {
        while (await call.ResponseStream.MoveNext(Ct)) _kept.MergeFrom(call.ResponseStream.Current);
    });

    public void Dispose() => call.Dispose();

    private async Task<T> NextAsync<T>(Func<WorkReply, T?> find, Action<WorkReply> remove) where T : class
    {
        while (find(_kept) is null)
        {
            Assert.True(await call.ResponseStream.MoveNext(Ct), "The service has closed the stream.");
            _kept.MergeFrom(call.ResponseStream.Current);
        }
        var found = find(_kept)!;
        remove(_kept);
        return found;
    }
}
