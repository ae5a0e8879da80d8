using TaskPlatform.Client;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Wire;
using TaskPlatform.Tests.Api;

namespace TaskPlatform.Tests.Grpc;

/// <summary>The client's side of a stream that breaks: another stream of the same instance ends it.</summary>
public sealed class StreamLinkTests(SharedApi shared) : IAsyncLifetime
{
    private StreamCalls _calls = null!;
    private QueueCalls _http = null!;
    private StreamLink _link = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var api = await shared.HostAsync();
        _calls = new StreamCalls(api);
        _http = new QueueCalls(api.Http, _calls.Queue);
        _link = new StreamLink(
            _calls.Client, new AgentOptions { AgentId = "agent", Queue = _calls.Queue, InstanceId = "one", MaxConcurrency = 2 }, ["work"],
            new TaskPlatformClientOptions(), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        _calls.Dispose();
    }

    [Fact]
    public async Task Stream_ThatASettlementOpens_GetsNoTasksBeforeTheyAreAskedFor()
    {
        await ClaimNothingAsync();
        await BreakAsync();

        Assert.Equal("task-not-found", (await SettleAsync("nothing", new string('0', 32)))?.ProblemType);
        await _calls.SubmitAsync(StreamCalls.Task("a"));

        Assert.Equal("pending", (await _http.GetAsync("/tasks/a")).State);
        Assert.Equal("a", Assert.Single(await ClaimAsync(TimeSpan.FromMinutes(1))).Id);
    }

    [Fact]
    public async Task Grant_ThatWasLostBeforeItWasTaken_IsNotHandedOver()
    {
        await ClaimNothingAsync();
        await _calls.SubmitAsync(StreamCalls.Task("a"));
        await BreakAsync();
        Assert.Equal("pending", (await _http.GetAsync("/tasks/a")).State);
        Assert.Null(await _link.OpenAsync(Ct));

        var task = Assert.Single(await ClaimAsync(TimeSpan.FromMinutes(1)));

        Assert.Null(await SettleAsync("a", task.Lease!.Token));
    }

    [Fact]
    public async Task Agent_ThatWasRemoved_RegistersAgainAndGoesOn()
    {
        await using var link = new StreamLink(
            _calls.Client, new AgentOptions { AgentId = "agent", Queue = _calls.Queue, InstanceId = "two", Capabilities = ["work"], SpeedClass = AgentSpeed.Slow, CostPerToken = 0.5 }, ["work"],
            new TaskPlatformClientOptions(), TimeProvider.System);
        var waiting = link.ClaimAsync(most: 1, TimeSpan.FromMinutes(1), Ct);
        await _http.UntilSeenAsync("agent");

        (await _http.DeleteAsync("/agents/agent")).Expect(204);
        Assert.Empty((await waiting).Value!);
        await _calls.SubmitAsync(StreamCalls.Task("a"));

        Assert.Equal("a", Assert.Single((await link.ClaimAsync(most: 1, TimeSpan.FromMinutes(1), Ct)).Value!).Id);
        var known = (await _http.GetAsync("/agents"))["agents"][0];
        Assert.Equal(("slow", 0.5), (known.GetProperty("speedClass").GetString(), known.GetProperty("costPerToken").GetDouble()));
    }

    // Its credit stands from then on.
    private async Task ClaimNothingAsync() => Assert.Empty(await ClaimAsync(TimeSpan.Zero));

    private async Task<IReadOnlyList<TaskInfo>> ClaimAsync(TimeSpan wait)
    {
        var answer = await _link.ClaimAsync(most: 2, wait, Ct);
        Assert.Null(answer.Failure);
        return answer.Value!;
    }

    private Task<TaskPlatformException?> SettleAsync(string id, string token)
        => _link.SettleAsync(new Settlement { Id = id, LeaseToken = token, Complete = new CompleteRequest() }, TimeSpan.FromSeconds(30), Ct);

    private async Task BreakAsync()
    {
        using var other = await _calls.WorkAsync();
        await other.WelcomeAsync();
        await other.CloseAsync();
        await _link.Ended.WaitAsync(Ct);
    }
}
