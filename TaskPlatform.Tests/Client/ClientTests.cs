using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Tests.Client;

public sealed class ClientTests : IAsyncLifetime
{
    private const string Submit = "POST /v1/queues/q/tasks";
    private const string Claim = "POST /v1/queues/q/claims";
    private const string Task1 = """{"id":"t1","type":"x","state":"pending","createdAt":"2026-01-31T12:00:00Z"}""";

    private ScriptedService _service = null!;
    private IHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TaskPlatformClient Client => _host.Client();

    public async ValueTask InitializeAsync()
    {
        _service = await ScriptedService.StartAsync();
        _host = ClientHost.Builder(_service).Build();
    }

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task Submit_ServiceUnavailableTwice_RepeatsTheSameBodyUnderTheSameKey()
    {
        _service.On(Submit, Reply.Problem(503, ProblemTypes.QueueUnavailable), new Reply(502), new Reply(201, Task1));

        var task = await Client.SubmitAsync("q", new SubmitTask { Type = "x" }, cancellationToken: Ct);

        Assert.Equal("t1", task.Id);
        var calls = new[] { await _service.NextAsync(Submit), await _service.NextAsync(Submit), await _service.NextAsync(Submit) };
        Assert.Single(calls.Select(call => call.Header("Idempotency-Key")).Distinct(), key => !string.IsNullOrEmpty(key));
        Assert.Equal(["""{"type":"x"}"""], calls.Select(call => call.Body).Distinct());
    }

    [Fact]
    public async Task Submit_ConnectionBreaksWithoutAnswer_IsRepeatedUnderTheSameKey()
    {
        _service.On(Submit, Reply.Broken, new Reply(201, Task1));

        await Client.SubmitAsync("q", new SubmitTask { Type = "x" }, cancellationToken: Ct);

        var key = (await _service.NextAsync(Submit)).Header("Idempotency-Key");
        Assert.False(string.IsNullOrEmpty(key));
        Assert.Equal(key, (await _service.NextAsync(Submit)).Header("Idempotency-Key"));
    }

    [Fact]
    public async Task Submit_TwoCalls_HaveTwoKeysAndAGivenKeyIsUsed()
    {
        _service.On(Submit, new Reply(201, Task1));

        await Client.SubmitAsync("q", new SubmitTask { Type = "x" }, cancellationToken: Ct);
        await Client.SubmitAsync("q", new SubmitTask { Type = "x" }, cancellationToken: Ct);
        await Client.SubmitAsync("q", new SubmitTask { Type = "x" }, idempotencyKey: "mine", Ct);

        Assert.NotEqual((await _service.NextAsync(Submit)).Header("Idempotency-Key"), (await _service.NextAsync(Submit)).Header("Idempotency-Key"));
        Assert.Equal("mine", (await _service.NextAsync(Submit)).Header("Idempotency-Key"));
    }

    [Fact]
    public async Task Post_WithoutKey_IsNeverRepeated()
    {
        _service.On(Submit, new Reply(503));
        using var http = _host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("TaskPlatform:api");

        using var answer = await http.PostAsync("/v1/queues/q/tasks", new StringContent("{}"), Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        await _service.NextAsync(Submit);
        Assert.Equal(0, _service.Waiting(Submit));
    }

    [Fact]
    public async Task Post_WithoutKeyUnderAResilienceHandlerForAllClients_IsStillNeverRepeated()
    {
        _service.On(Submit, new Reply(503));
        var builder = ClientHost.Builder(_service);
        builder.Services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        using var host = builder.Build();
        using var http = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("TaskPlatform:api");

        using var answer = await http.PostAsync("/v1/queues/q/tasks", new StringContent("{}"), Ct);

        await _service.NextAsync(Submit);
        Assert.Equal(0, _service.Waiting(Submit));
    }

    [Fact]
    public async Task Submit_Refused_ThrowsTheProblemWithoutRepeating()
    {
        _service.On(Submit, new Reply(400, """
            {"type":"urn:taskplatform:problem:invalid-request","title":"Invalid","status":400,"errors":[{"field":"type","message":"is required"}],"traceId":"x"}
            """));

        var refusal = await Assert.ThrowsAsync<TaskPlatformException>(() => Client.SubmitAsync("q", new SubmitTask(), cancellationToken: Ct));

        Assert.Equal(ProblemTypes.InvalidRequest, refusal.ProblemType);
        Assert.Equal(HttpStatusCode.BadRequest, refusal.Status);
        Assert.False(refusal.IsOutcomeUnknown);
        Assert.Contains("type: is required", refusal.Message, StringComparison.Ordinal);
        await _service.NextAsync(Submit);
        Assert.Equal(0, _service.Waiting(Submit));
    }

    [Fact]
    public async Task Get_RefusedByAProxyInHtml_ThrowsTheStatusAlone()
    {
        _service.On("GET /v1/queues/q/tasks/t1", new Reply(403, "<html>no</html>"));

        var refusal = await Assert.ThrowsAsync<TaskPlatformException>(() => Client.GetAsync("q", "t1", cancellationToken: Ct));

        Assert.Equal(HttpStatusCode.Forbidden, refusal.Status);
        Assert.Null(refusal.Problem);
    }

    [Fact]
    public async Task Submit_NobodyListens_ThrowsOutcomeUnknownWhenTheTimeIsUp()
    {
        var builder = ClientHost.Builder(_service);
        builder.AddTaskPlatformClient("nobody", options =>
        {
            options.Address = new Uri("http://127.0.0.1:1");
            options.RetryFor = TimeSpan.Zero;
        });
        using var host = builder.Build();

        var failure = await Assert.ThrowsAsync<TaskPlatformException>(() => host.Client().SubmitAsync("q", new SubmitTask { Type = "x" }, cancellationToken: Ct));

        Assert.Null(failure.Status);
        Assert.True(failure.IsOutcomeUnknown);
    }

    [Fact]
    public async Task Claim_AnswerLost_IsRepeatedUnderTheSameClaimId()
    {
        _service.On(Claim, new Reply(503), new Reply(200, """{"tasks":[]}"""));

        Assert.Empty(await Client.ClaimAsync("q", new ClaimRequest { AgentId = "a" }, Ct));

        var first = RawJson.Parse((await _service.NextAsync(Claim)).Body).To(WireJson.Default.ClaimRequest)!;
        var second = RawJson.Parse((await _service.NextAsync(Claim)).Body).To(WireJson.Default.ClaimRequest)!;
        Assert.False(string.IsNullOrEmpty(first.ClaimId));
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("complete")]
    [InlineData("fail")]
    [InlineData("release")]
    [InlineData("heartbeat")]
    public async Task LeasedCall_ServiceUnavailable_IsRepeatedWithItsToken(string verb)
    {
        var path = $"POST /v1/queues/q/tasks/t1/{verb}";
        _service.On(path, new Reply(503), new Reply(200, verb == "heartbeat" ? """{"expiresInSeconds":30,"cancelRequested":true}""" : Task1));

        await (verb switch
        {
            "complete" => Client.CompleteAsync("q", "t1", new CompleteRequest { LeaseToken = "L" }, Ct),
            "fail" => Client.FailAsync("q", "t1", new FailRequest { LeaseToken = "L" }, Ct),
            "release" => Client.ReleaseAsync("q", "t1", "L", Ct),
            _ => (Task)Client.HeartbeatAsync("q", "t1", new HeartbeatRequest { LeaseToken = "L" }, Ct),
        });

        Assert.Equal("""{"leaseToken":"L"}""", (await _service.NextAsync(path)).Body);
        Assert.Equal("""{"leaseToken":"L"}""", (await _service.NextAsync(path)).Body);
    }

    [Fact]
    public async Task Patch_AnswerLost_IsRepeatedWithWhatIsTakenAwayAsNull()
    {
        const string path = "PATCH /v1/queues/q/tasks/t1";
        _service.On(path, new Reply(503), new Reply(200, Task1));
        var patch = new PatchTask { NotBefore = NewTime.None, Labels = new Dictionary<string, string?> { ["env"] = "live", ["old"] = null } };

        await Client.PatchAsync("q", "t1", patch, Ct);

        Assert.Equal("""{"notBefore":null,"labels":{"env":"live","old":null}}""", (await _service.NextAsync(path)).Body);
        Assert.Equal("""{"notBefore":null,"labels":{"env":"live","old":null}}""", (await _service.NextAsync(path)).Body);
    }

    [Theory]
    [InlineData("tasks/t1", ProblemTypes.TaskPurged, 410)]
    [InlineData("schedules/s", ProblemTypes.ScheduleNotFound, 404)]
    [InlineData("routes/r", ProblemTypes.RouteNotFound, 404)]
    public async Task Delete_AnswerLost_IsRepeatedAndGoneIsNoError(string below, string problem, int status)
    {
        var path = $"DELETE /v1/queues/q/{below}";
        _service.On(path, new Reply(204));
        Assert.True(await DeleteAsync());
        _service.On(path, Reply.Broken, Reply.Problem(status, problem));
        Assert.False(await DeleteAsync());
        _service.On(path, Reply.Problem(409, ProblemTypes.TaskUnfinished));
        Assert.Equal(ProblemTypes.TaskUnfinished, (await Assert.ThrowsAsync<TaskPlatformException>(DeleteAsync)).ProblemType);

        Task<bool> DeleteAsync() => below switch
        {
            "schedules/s" => Client.DeleteScheduleAsync("q", "s", Ct),
            "routes/r" => Client.DeleteRouteAsync("q", "r", Ct),
            _ => Client.DeleteAsync("q", "t1", Ct),
        };
    }

    [Fact]
    public async Task List_SeveralPages_FollowsTheCursor()
    {
        _service.On("GET /v1/queues/q/tasks", call => call.Query.Contains("cursor", StringComparison.Ordinal)
            ? new Reply(200, $$"""{"tasks":[{{Task1}}]}""")
            : new Reply(200, $$"""{"tasks":[{{Task1}},{{Task1}}],"nextCursor":"a b&c"}"""));

        var tasks = await Client.ListAsync("q", new TaskQuery { State = TaskState.InProgress, Label = "team=core" }, Ct).ToListAsync(Ct);

        Assert.Equal(3, tasks.Count);
        Assert.Equal("?state=in_progress&label=team%3Dcore", (await _service.NextAsync("GET /v1/queues/q/tasks")).Query);
        Assert.Equal("?state=in_progress&label=team%3Dcore&cursor=a%20b%26c", (await _service.NextAsync("GET /v1/queues/q/tasks")).Query);
    }

    [Fact]
    public async Task Events_ConnectionEnds_GoOnAfterTheLastSeen()
    {
        const string path = "GET /v1/queues/q/events";
        _service.On(
            path,
            Stream("retry: 1\n: comment\n\nid: 1-1-0\nevent: submitted\ndata: {\"taskId\":\"a\",\"state\":\"pending\",\"newField\":1}\n\n"),
            Stream("id: 1-2-0\nevent: completed\ndata: {\"taskId\":\"a\",\"state\":\"completed\"}\n\n"));

        var events = await Client.EventsAsync("q", "1-0-0", Ct).Take(2).ToListAsync(Ct);

        Assert.Equal(
            [("1-1-0", "submitted", TaskState.Pending), ("1-2-0", "completed", TaskState.Completed)],
            events.Select(happened => (happened.Id!, happened.Kind!, happened.State!.Value)));
        Assert.Equal("1-0-0", (await _service.NextAsync(path)).Header("Last-Event-ID"));
        Assert.Equal("1-1-0", (await _service.NextAsync(path)).Header("Last-Event-ID"));

        static Reply Stream(string text) => new(200, text, ("Content-Type", "text/event-stream"));
    }

    [Fact]
    public async Task Events_Refused_Throws()
    {
        _service.On("GET /v1/queues/q/events", Reply.Problem(404, ProblemTypes.QueueNotFound));

        var refusal = await Assert.ThrowsAsync<TaskPlatformException>(() => Client.EventsAsync("q", cancellationToken: Ct).FirstAsync(Ct).AsTask());

        Assert.Equal(ProblemTypes.QueueNotFound, refusal.ProblemType);
    }

    [Fact]
    public async Task GetResult_AnyJson_KeepsEveryByte()
    {
        const string result = """{ "n" : 123456789012345678901234567890.50 }""";
        _service.On("GET /v1/queues/q/tasks/a:b/result", new Reply(200, result));

        Assert.Equal(result, (await Client.GetResultAsync("q", "a:b", Ct)).ToString());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(61)]
    public async Task Get_WaitOutOfRange_IsRefusedBeforeTheCall(int seconds) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Client.GetAsync("q", "t1", TimeSpan.FromSeconds(seconds), Ct));

    [Fact]
    public async Task Get_IdThatAnAddressCannotCarry_IsRefusedBeforeTheCall() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Client.GetAsync("q", "..", cancellationToken: Ct));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_WithoutAddress_IsFoundByServiceDiscovery(bool allClientsDiscover)
    {
        _service.On("GET /v1/queues", new Reply(200, """{"queues":[{"name":"q","paused":false,"durability":"durable","newField":{}}]}"""));
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration["services:api:http:0"] = _service.Address.ToString();
        if (allClientsDiscover) builder.Services.ConfigureHttpClientDefaults(http => http.AddServiceDiscovery());
        builder.AddTaskPlatformClient("api");
        using var host = builder.Build();

        Assert.Equal("q", Assert.Single(await host.Client().ListQueuesAsync(Ct)).Name);
    }
}
