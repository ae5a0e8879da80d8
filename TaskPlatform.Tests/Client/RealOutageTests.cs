using TaskPlatform.Client.Wire;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Client;

/// <summary>As agents work that cannot open a stream.</summary>
public sealed class RealOutageOverHttpTests(RedisServer redis) : RealOutageTests(redis, overStreams: false);

/// <summary>As agents work that can.</summary>
public sealed class RealOutageOverStreamsTests(RedisServer redis) : RealOutageTests(redis, overStreams: true);

/// <summary>An agent whose service is killed, or whose service's Redis stops, while it works: nothing is lost and nothing is done twice.</summary>
public abstract class RealOutageTests(RedisServer redis, bool overStreams) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private const string Queue = "outage";

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ApiServer _api = null!;
    private int _handled;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await TestServer.StartAsync(new ApiServer(redis.ConnectionString));

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Api_KilledWhileATaskRuns_TakesItsResultWhenItIsBackAndTheAgentGoesOn()
    {
        await using var agent = await StartAgentAsync();
        await agent.Client.SubmitAsync(Queue, Job("first"), cancellationToken: Ct);
        await _begun.Task.WaitAsync(Ct);

        await _api.KillAsync();
        _gate.SetResult();
        await _api.RestartAsync();
        await agent.Client.SubmitAsync(Queue, Job("second"), cancellationToken: Ct);

        await AssertDoneOnceAsync(agent, "first");
        await AssertDoneOnceAsync(agent, "second");
        Assert.Equal(2, _handled);
    }

    [Fact]
    public async Task Redis_StopsWhileATaskRuns_ItsResultIsTakenWhenRedisGoesOn()
    {
        await using var agent = await StartAgentAsync();
        await agent.Client.SubmitAsync(Queue, Job("third"), cancellationToken: Ct);
        await _begun.Task.WaitAsync(Ct);

        await redis.StopAsync();
        _gate.SetResult();
        var submit = agent.Client.SubmitAsync(Queue, Job("fourth"), cancellationToken: Ct);
        await redis.ContinueAsync();
        await submit;

        await AssertDoneOnceAsync(agent, "third");
        await AssertDoneOnceAsync(agent, "fourth");
        Assert.Equal(2, _handled);
    }

    private Task<RealAgent> StartAgentAsync() => RealAgent.StartAsync<string, string>(_api.AgentsAddress.Over(overStreams), Queue, "steady", async (say, _, _) =>
    {
        Interlocked.Increment(ref _handled);
        _begun.TrySetResult();
        await _gate.Task;
        return say;
    });

    private static async Task AssertDoneOnceAsync(RealAgent agent, string id)
    {
        var task = await agent.Client.GetAsync(Queue, id, TimeSpan.FromSeconds(60), Ct);
        Assert.Equal((TaskState.Completed, 1), (task.State, task.Attempt));
        Assert.Equal(id, task.Result!.Value.To<string>());
    }

    private static SubmitTask Job(string id) => new() { Id = id, Type = "work", Payload = RawJson.From(id) };
}
