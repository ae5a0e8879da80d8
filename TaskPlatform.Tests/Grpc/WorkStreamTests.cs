using Grpc.Core;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Tests.Api;

namespace TaskPlatform.Tests.Grpc;

/// <summary>An agent's stream, to the real service and a real Redis.</summary>
public sealed class WorkStreamTests(SharedApi shared) : IAsyncLifetime
{
    private ApiHost _api = null!;
    private StreamCalls _calls = null!;
    private QueueCalls _http = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await shared.HostAsync();
        _calls = new StreamCalls(_api);
        _http = new QueueCalls(_api.Http, _calls.Queue);
    }

    public ValueTask DisposeAsync()
    {
        _calls.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Credit_IsHowManyTasksArePushed()
    {
        await _calls.SubmitAsync([.. Enumerable.Range(0, 5).Select(number => StreamCalls.Task($"t{number}"))]);
        using var agent = await _calls.WorkAsync(credit: 2);

        string[] first = [(await agent.GrantAsync()).Id, (await agent.GrantAsync()).Id];
        Assert.Equal(["t0", "t1"], first.Order());
        Assert.Equal(3, await CountAsync("pending"));

        await agent.SendAsync(new WorkRequest { Credit = 3 });
        string[] rest = [(await agent.GrantAsync()).Id, (await agent.GrantAsync()).Id, (await agent.GrantAsync()).Id];
        Assert.Equal(["t2", "t3", "t4"], rest.Order());
    }

    [Fact]
    public async Task Grant_PlainAndOther_SaysWhatTheAgentNeeds()
    {
        await _calls.SubmitAsync(
            StreamCalls.Task("plain", payload: """{"a":1}"""), StreamCalls.Task("other", more: """{"labels":{"team":"one"},"leaseSeconds":7}"""));
        using var agent = await _calls.WorkAsync(credit: 2);
        Grant[] grants = [await agent.GrantAsync(), await agent.GrantAsync()];

        var (plain, other) = (grants.Single(grant => grant.Id == "plain"), grants.Single(grant => grant.Id == "other"));
        Assert.Equal(("work", """{"a":1}""", 1, 30d, true), (plain.Type, plain.Payload.ToStringUtf8(), plain.Attempt, plain.LeaseSeconds, plain.More.IsEmpty));
        Assert.Equal(7, other.LeaseSeconds);
        Assert.Contains("\"labels\":{\"team\":\"one\"}", other.More.ToStringUtf8());
    }

    [Fact]
    public async Task Settlements_EndTheirTasksAndAreAnsweredAfterwards()
    {
        await _calls.SubmitAsync(StreamCalls.Task("done"), StreamCalls.Task("failed", more: """{"maxAttempts":1}"""), StreamCalls.Task("back"));
        using var agent = await _calls.WorkAsync(credit: 3);
        var tokens = new Dictionary<string, string>();
        while (tokens.Count < 3)
        {
            var grant = await agent.GrantAsync();
            tokens[grant.Id] = grant.Token;
        }

        var done = await agent.SettleAsync(new() { Number = 7, Id = "done", Token = tokens["done"], Complete = new() { Result = StreamCalls.Json("[1]"), Confidence = 0.5 } });
        var failed = await agent.SettleAsync(new() { Id = "failed", Token = tokens["failed"], Fail = new() { Type = "t", Message = "m" } });
        var back = await agent.SettleAsync(new() { Id = "back", Token = tokens["back"], Release = new() });

        Assert.Equal((7ul, "completed", null), (done.Number, done.State, done.Problem));
        Assert.Equal(("failed", "pending"), (failed.State, back.State));
        var task = await _http.GetAsync("/tasks/done");
        Assert.Equal(("[1]", 0.5), (task["result"].GetRawText(), task["confidence"].GetDouble()));
    }

    [Fact]
    public async Task Settlement_Repeated_IsTheSameAndALostLeaseIsRefusedByName()
    {
        await _calls.SubmitAsync(StreamCalls.Task("a"), StreamCalls.Task("b"));
        using var agent = await _calls.WorkAsync(credit: 1);
        var grant = await agent.GrantAsync();
        Settlement complete = new() { Id = grant.Id, Token = grant.Token, Complete = new() };

        await agent.SettleAsync(complete);
        var again = await agent.SettleAsync(complete);
        var wrong = await agent.SettleAsync(new() { Id = "b", Token = grant.Token, Complete = new() });
        var tooMuch = await agent.SettleAsync(new() { Id = "b", Token = grant.Token, Complete = new() { Confidence = 2 } });

        Assert.Equal(("completed", null), (again.State, again.Problem));
        Assert.Equal(("lease-lost", 409), (wrong.Problem.Name, wrong.Problem.Status));
        Assert.Equal(("invalid-request", "complete.confidence"), (tooMuch.Problem.Name, Assert.Single(tooMuch.Problem.Errors).Field));
    }

    [Fact]
    public async Task Heartbeat_KeepsTheLeaseAndStoresWhatItSays()
    {
        await _calls.SubmitAsync(StreamCalls.Task("a", more: """{"leaseSeconds":5}"""));
        using var agent = await _calls.WorkAsync(credit: 1);
        var grant = await agent.GrantAsync();

        await agent.SendAsync(new WorkRequest
        {
            Heartbeats =
            {
                new Heartbeat { Number = 1, Id = grant.Id, Token = grant.Token },
                new Heartbeat { Number = 2, Id = grant.Id, Token = grant.Token, Progress = 0.5, Message = "half", Checkpoint = StreamCalls.Json("""{"at":1}""") },
                new Heartbeat { Number = 3, Id = grant.Id, Token = "nonsense" },
            },
        });
        var outcomes = new[] { await agent.BeatenAsync(), await agent.BeatenAsync(), await agent.BeatenAsync() }.OrderBy(outcome => outcome.Number).ToArray();

        Assert.Equal([5, 5, 0], outcomes.Select(outcome => outcome.LeaseSeconds));
        Assert.Equal("lease-lost", outcomes[2].Problem.Name);
        var task = await _http.GetAsync("/tasks/a");
        Assert.Equal(("in_progress", 0.5, "half", """{"at":1}"""), (task.State, task["progress"].GetDouble(), task["message"].GetString(), task["checkpoint"].GetRawText()));
    }

    [Fact]
    public async Task Lease_ThatRunsOut_IsToldAndTheTaskComesAgain()
    {
        await _calls.SubmitAsync(StreamCalls.Task("a", more: """{"leaseSeconds":0.2}"""));
        using var agent = await _calls.WorkAsync(credit: 2);
        var first = await agent.GrantAsync();

        Assert.Equal(("a", "lease-lost"), (await agent.LostAsync()) is var lost ? (lost.Id, lost.Reason) : default);
        var second = await agent.GrantAsync();

        Assert.Equal(("a", 2), (second.Id, second.Attempt));
        Assert.NotEqual(first.Token, second.Token);
    }

    [Fact]
    public async Task Cancel_OfAHeldTask_IsTold()
    {
        await _calls.SubmitAsync(StreamCalls.Task("a"));
        using var agent = await _calls.WorkAsync(credit: 1);
        var grant = await agent.GrantAsync();

        (await _http.PostAsync("/tasks/a/cancel", "{}")).Expect(200);

        Assert.Equal("a", (await agent.CancelAsync()).Id);
        Assert.Equal("cancelled", (await agent.SettleAsync(new() { Id = "a", Token = grant.Token, Release = new() })).State);
    }

    [Fact]
    public async Task Stop_VoidsTheCredit()
    {
        using var agent = await _calls.WorkAsync(credit: 5);
        await agent.WelcomeAsync();
        await agent.SendAsync(new WorkRequest { Stop = true, Heartbeats = { new Heartbeat { Id = "nothing", Token = "x" } } });
        await agent.BeatenAsync();

        await _calls.SubmitAsync(StreamCalls.Task("a"));

        Assert.Empty((await agent.CloseAsync()).Grants);
        Assert.Equal("pending", (await _http.GetAsync("/tasks/a")).State);
    }

    [Fact]
    public async Task Rejoin_NamesWhatIsHeldAndTheRestGoesBackAtOnce()
    {
        await _calls.SubmitAsync(StreamCalls.Task("kept"), StreamCalls.Task("unheard"));
        using var broken = await _calls.WorkAsync(credit: 2);
        Grant[] grants = [await broken.GrantAsync(), await broken.GrantAsync()];
        var kept = grants.Single(grant => grant.Id == "kept");

        var hello = _calls.Hello();
        hello.Held.Add(new HeldLease { Id = kept.Id, Token = kept.Token });
        hello.Held.Add(new HeldLease { Id = "kept", Token = new string('0', 32) });
        using var back = await _calls.WorkAsync(hello);
        var welcome = await back.WelcomeAsync();

        Assert.Equal(("kept", kept.Token, 30d), Assert.Single(welcome.Kept) is var lease ? (lease.Id, lease.Token, lease.LeaseSeconds) : default);
        var unheard = await _http.GetAsync("/tasks/unheard");
        Assert.Equal(("pending", 0), (unheard.State, unheard["attempt"].GetInt32()));
        Assert.Equal("completed", (await back.SettleAsync(new() { Id = "kept", Token = kept.Token, Complete = new() })).State);
    }

    [Fact]
    public async Task Rejoin_GrantsOfAClaimWithAnIdOverHttp_Stay()
    {
        await _calls.SubmitAsync(StreamCalls.Task("claimed"));
        var claimed = (await _http.ClaimAsync("""{"agentId":"agent","instanceId":"one","claimId":"c"}""")).Expect(200);
        var token = claimed["tasks"][0].GetProperty("lease").GetProperty("token").GetString();

        using var stream = await _calls.WorkAsync();
        Assert.Empty((await stream.WelcomeAsync()).Kept);

        Assert.Equal("assigned", (await _http.GetAsync("/tasks/claimed")).State);
        Assert.Equal("completed", (await stream.SettleAsync(new() { Id = "claimed", Token = token, Complete = new() })).State);
    }

    [Fact]
    public async Task Stream_OfTheSameInstance_EndsTheEarlierOneAndAnotherInstanceDoesNot()
    {
        using var first = await _calls.WorkAsync(_calls.Hello("one"), credit: 1);
        await first.WelcomeAsync();
        using var other = await _calls.WorkAsync(_calls.Hello("two"), credit: 1);
        await other.WelcomeAsync();

        using var second = await _calls.WorkAsync(_calls.Hello("one"));
        await second.WelcomeAsync();
        Assert.Equal(StatusCode.Aborted, (await first.RefusalAsync()).StatusCode);

        await _calls.SubmitAsync(StreamCalls.Task("a"));
        Assert.Equal("a", (await other.GrantAsync()).Id);
    }

    [Fact]
    public async Task Agent_ThatSaysWhatItCanDo_IsRegisteredAndGetsNothingElse()
    {
        await _calls.SubmitAsync(StreamCalls.Task("other", "other"), StreamCalls.Task("mine"));
        var hello = _calls.Hello();
        hello.Types_.Clear();
        hello.Capabilities.Add("work");
        hello.MaxConcurrency = 3;
        (hello.SpeedClass, hello.CostPerToken) = ("slow", 0.5);
        using var agent = await _calls.WorkAsync(hello, credit: 3);

        Assert.Equal("mine", (await agent.GrantAsync()).Id);
        var known = (await _http.GetAsync("/agents"))["agents"].EnumerateArray().Single();
        Assert.Equal(("agent", 3), (known.GetProperty("agentId").GetString(), known.GetProperty("maxConcurrency").GetInt32()));
        Assert.Equal(("slow", 0.5), (known.GetProperty("speedClass").GetString(), known.GetProperty("costPerToken").GetDouble()));
        Assert.Equal(1, await CountAsync("pending"));
    }

    [Fact]
    public async Task RemovedAgent_ThatWaits_IsToldByTheEndOfItsStream()
    {
        var hello = _calls.Hello();
        hello.Capabilities.Add("work");
        using var agent = await _calls.WorkAsync(hello, credit: 2);
        await _calls.SubmitAsync(StreamCalls.Task("a"));
        await agent.GrantAsync();

        (await _http.DeleteAsync("/agents/agent")).Expect(204);

        Assert.Equal(StatusCode.NotFound, (await agent.RefusalAsync()).StatusCode);
        Assert.Equal("pending", (await _http.GetAsync("/tasks/a")).State);
        using var back = await _calls.WorkAsync(hello, credit: 1);
        Assert.Equal("a", (await back.GrantAsync()).Id);
    }

    [Fact]
    public async Task RemovedAgent_ThatIsBusy_LosesItsTaskAndThenItsStream()
    {
        var hello = _calls.Hello();
        hello.Capabilities.Add("work");
        using var agent = await _calls.WorkAsync(hello, credit: 1);
        await _calls.SubmitAsync(StreamCalls.Task("a"));
        await agent.GrantAsync();

        (await _http.DeleteAsync("/agents/agent")).Expect(204);
        Assert.Equal(("a", "lease-lost"), (await agent.LostAsync()) is var lost ? (lost.Id, lost.Reason) : default);
        await agent.SendAsync(new WorkRequest { Credit = 1 });

        Assert.Equal(StatusCode.NotFound, (await agent.RefusalAsync()).StatusCode);
    }

    [Theory]
    [InlineData("", "one")]
    [InlineData("agent", "")]
    [InlineData("agent", "one", -1)]
    [InlineData("agent", "one", 0.0001)]
    [InlineData("agent", "one", 0, "quick")]
    [InlineData("agent", "one", 0, "fast", -0.1)]
    [InlineData("agent", "one", 0, "fast", double.NaN)]
    public async Task Hello_ThatIsWrong_IsRefused(string agentId, string instanceId, double leaseSeconds = 0, string speed = "", double cost = 0)
    {
        var hello = _calls.Hello(instanceId, agentId);
        (hello.LeaseSeconds, hello.SpeedClass, hello.CostPerToken) = (leaseSeconds, speed, cost);
        using var agent = await _calls.WorkAsync(hello);

        Assert.Equal(StatusCode.InvalidArgument, (await agent.RefusalAsync()).StatusCode);
    }

    [Fact]
    public async Task Stream_ThatIsGone_LeavesNothingWaiting()
    {
        var gone = await _calls.WorkAsync(_calls.Hello("gone"), credit: 3);
        await gone.WelcomeAsync();
        gone.Dispose();
        // When the same instance may open another, the first has ended, and its claims with it.
        using var next = await _calls.WorkAsync(_calls.Hello("gone"));
        await next.WelcomeAsync();

        await _calls.SubmitAsync(StreamCalls.Task("a"));

        Assert.Equal("pending", (await _http.GetAsync("/tasks/a")).State);
    }

    private async Task<int> CountAsync(string state)
        => (await _http.GetAsync())["counts"].TryGetProperty(state, out var count) ? count.GetInt32() : 0;
}
