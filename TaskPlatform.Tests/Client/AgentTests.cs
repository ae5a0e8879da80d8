using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;
using static TaskPlatform.Tests.Client.ScriptedQueue;

namespace TaskPlatform.Tests.Client;

/// <summary>What an agent tells the service, and what a handler is told.</summary>
public sealed class AgentTests : IAsyncLifetime
{
    private const string Payload = ""","payload":{"say":"x"}""";

    private ScriptedService _service = null!;
    private ScriptedQueue _queue = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = await ScriptedService.StartAsync();
        _queue = new ScriptedQueue(_service);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Start_Agent_RegistersThenClaimsItsTypesWithALongPoll()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(
            _service, (work, _, _) => Task.FromResult(work.Say), options => (options.MaxConcurrency, options.InstanceId) = (3, "i1"));

        Assert.Equal("""{"capabilities":["work"],"maxConcurrency":3}""", (await _service.NextAsync(Register)).Body);
        var claim = RawJson.Parse((await _service.NextAsync(Claim)).Body).To(WireJson.Default.ClaimRequest)!;
        Assert.Equal(("tester", "i1", 3, 30d), (claim.AgentId, claim.InstanceId, claim.Max, claim.WaitSeconds));
        Assert.Equal(["work"], claim.Types);
        Assert.False(string.IsNullOrEmpty(claim.ClaimId));
    }

    [Fact]
    public async Task Start_AgentThatSaysWhatItIs_RegistersThat()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(
            _service, (work, _, _) => Task.FromResult(work.Say), options => (options.SpeedClass, options.CostPerToken) = (AgentSpeed.Fast, 0.25));

        Assert.Equal("""{"capabilities":["work"],"maxConcurrency":1,"speedClass":"fast","costPerToken":0.25}""", (await _service.NextAsync(Register)).Body);
    }

    [Fact]
    public async Task Handle_Returns_CompletesWithTheResultAndTheToken()
    {
        await using var agent = await AgentHost.StartAsync<Work, Work>(_service, (work, _, _) => Task.FromResult(new Work(work.Say + "!")));

        _queue.Offer("t1", ""","payload":{"say":"hello"}""");

        Assert.Equal("""{"leaseToken":"L-t1","result":{"say":"hello!"}}""", (await _service.NextAsync(Complete("t1"))).Body);
    }

    [Fact]
    public async Task Handle_RawJson_PassesEveryByteThrough()
    {
        await using var agent = await AgentHost.StartAsync<RawJson, RawJson>(_service, (raw, _, _) => Task.FromResult(raw));

        _queue.Offer("t1", ""","payload":{ "n" : 12345678901234567890123456789.10 }""");

        Assert.Equal(
            """{"leaseToken":"L-t1","result":{ "n" : 12345678901234567890123456789.10 }}""", (await _service.NextAsync(Complete("t1"))).Body);
    }

    [Fact]
    public async Task Handle_Throws_FailsWithTypeAndMessageRetryable()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (_, _, _) => throw new TimeoutException("too late"));

        _queue.Offer("t1", Payload);

        Assert.Equal(
            """{"leaseToken":"L-t1","error":{"type":"TimeoutException","message":"too late","retryable":true}}""",
            (await _service.NextAsync(Fail("t1"))).Body);
    }

    [Fact]
    public async Task Handle_ThrowsTaskFailed_FailsAsItSays()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(
            _service, (_, _, _) => throw new TaskFailedException("quota", "none left", retryable: true, TimeSpan.FromSeconds(90)));

        _queue.Offer("t1", Payload);

        Assert.Equal(
            """{"leaseToken":"L-t1","error":{"type":"quota","message":"none left","retryable":true},"retryAfterSeconds":90}""",
            (await _service.NextAsync(Fail("t1"))).Body);
    }

    [Fact]
    public async Task Handle_ThrowsAVeryLongMessage_ShortensItToTheLimit()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (_, _, _) => throw new TimeoutException(new string('ß', 20_000)));

        _queue.Offer("t1", Payload);

        var fail = RawJson.Parse((await _service.NextAsync(Fail("t1"))).Body).To(WireJson.Default.FailRequest)!;
        Assert.Equal(3584, fail.Error!.Message!.Length); // 7 KiB of two-byte letters
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"payload\":null")]
    [InlineData(",\"payload\":[1]")]
    [InlineData(",\"payload\":{\"say\":{}}")]
    public async Task Handle_PayloadThatCannotBeRead_FailsForGood(string payload)
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (work, _, _) => Task.FromResult(work.Say));

        _queue.Offer("t1", payload);

        var fail = RawJson.Parse((await _service.NextAsync(Fail("t1"))).Body).To(WireJson.Default.FailRequest)!;
        Assert.Equal("invalid-payload", fail.Error!.Type);
        Assert.False(fail.Error.Retryable);
    }

    [Fact]
    public async Task Complete_ResultRefused_FailsForGood()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (work, _, _) => Task.FromResult(work.Say));
        _service.On(Complete("t1"), Reply.Problem(413, ProblemTypes.PayloadTooLarge));
        _queue.Offer("t1", Payload);

        var fail = RawJson.Parse((await _service.NextAsync(Fail("t1"))).Body).To(WireJson.Default.FailRequest)!;

        Assert.Equal("result-refused", fail.Error!.Type);
        Assert.False(fail.Error.Retryable);
    }

    [Fact]
    public async Task Complete_ServiceUnavailable_IsRepeatedWithTheSameToken()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (work, _, _) => Task.FromResult(work.Say));
        _service.On(Complete("t1"), Reply.Problem(503, ProblemTypes.QueueUnavailable), Reply.Broken, new Reply(200, """{"id":"t1","type":"work"}"""));
        _queue.Offer("t1", Payload);

        var bodies = new[] { await _service.NextAsync(Complete("t1")), await _service.NextAsync(Complete("t1")), await _service.NextAsync(Complete("t1")) };

        Assert.Equal(["""{"leaseToken":"L-t1","result":"x"}"""], bodies.Select(call => call.Body).Distinct());
    }

    [Fact]
    public async Task Context_Task_TellsAttemptInputsAndCheckpointAndFollowsReferences()
    {
        _service.On("GET /v1/queues/q/tasks/big/result", new Reply(200, """{"say":"fetched"}"""));
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, async (_, context, token) =>
        {
            var small = await context.GetInputAsync<Work>("small", token);
            var big = await context.GetInputAsync<Work>("big", token);
            await Assert.ThrowsAsync<KeyNotFoundException>(() => context.GetInputAsync<Work>("other", token));
            return $"{context.Queue} {context.TaskId} {context.Type} {context.GraphId} {context.Attempt} "
                + $"{small!.Say} {big!.Say} {context.Inputs["small"].GetProperty("say")} {context.GetCheckpoint<int[]>()![1]}";
        });

        _queue.Offer("t1", ""","payload":{"say":"x"},"graphId":"g1","checkpoint":[6,7],"inputs":{"small":{"say":"handed"},"big":{"href":"/v1/queues/q/tasks/big/result"}}""");

        Assert.Contains("\"q t1 work g1 1 handed fetched handed 7\"", (await _service.NextAsync(Complete("t1"))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Context_Reports_AreHeartbeatsWithTheToken()
    {
        await using var agent = await AgentHost.StartAsync<Work, int>(_service, async (_, context, token) =>
        {
            await context.ReportProgressAsync(0.5, "half", token);
            await context.SaveCheckpointAsync(new { At = 7 }, token);
            return context.Checkpoint!.Value.GetProperty("at").GetInt32();
        });

        _queue.Offer("t1", Payload);

        Assert.Equal("""{"leaseToken":"L-t1","progress":0.5,"message":"half"}""", (await _service.NextAsync(Heartbeat("t1"))).Body);
        Assert.Equal("""{"leaseToken":"L-t1","checkpoint":{"at":7}}""", (await _service.NextAsync(Heartbeat("t1"))).Body);
        Assert.Equal("""{"leaseToken":"L-t1","result":7}""", (await _service.NextAsync(Complete("t1"))).Body);
    }

    [Fact]
    public async Task Claim_SomeSlotsTaken_AsksForTheRest()
    {
        var gate = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (_, _, _) => gate.Task, options => options.MaxConcurrency = 3);
        Assert.Equal(3, MaxOf(await _service.NextAsync(Claim)));

        _queue.Offer("t1", Payload);
        Assert.Equal(2, MaxOf(await _service.NextAsync(Claim)));
        _queue.Offer("t2", Payload);
        Assert.Equal(1, MaxOf(await _service.NextAsync(Claim)));
        _queue.Offer("t3", Payload);
        gate.SetResult("done");

        await _service.NextAsync(Complete("t3"));
        Assert.True(MaxOf(await _service.NextAsync(Claim)) >= 1);
    }

    [Fact]
    public async Task Handle_Ends_IsMeasuredByTypeAndOutcome()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (_, _, _) => throw new TimeoutException("too late"));
        using var durations = new MetricCollector<double>(
            agent.Services.GetRequiredService<IMeterFactory>(), "TaskPlatform", "messaging.process.duration");

        _queue.Offer("t1", Payload);
        await durations.WaitForMeasurementsAsync(1, Ct);

        var measured = Assert.Single(durations.GetMeasurementSnapshot());
        Assert.Equal(
            ("work", "failed", "TimeoutException"),
            (measured.Tags["taskplatform.task.type"], measured.Tags["taskplatform.outcome"], measured.Tags["error.type"]));
    }

    [Fact]
    public async Task Handler_Class_IsMadeAnewInAScopeOfItsOwn()
    {
        _service.On("PUT /v1/queues/r/agents/second", new Reply(200, """{"agentId":"second"}"""));
        _service.On("POST /v1/queues/r/claims", Granted("a"), Granted("b"), new Reply(404));
        _service.On("POST /v1/queues/r/tasks/a/complete", new Reply(200, """{"id":"a","type":"count"}"""));
        _service.On("POST /v1/queues/r/tasks/b/complete", new Reply(200, """{"id":"b","type":"count"}"""));
        await using var agent = await AgentHost.StartAsync<Work, string>(
            _service,
            (work, _, _) => Task.FromResult(work.Say),
            build: builder =>
            {
                builder.Services.AddScoped<Scoped>();
                builder.AddAgent(options => (options.AgentId, options.Queue) = ("second", "r")).AddHandler<RawJson, int, CountingHandler>("count");
            });

        Assert.EndsWith("\"result\":1}", (await _service.NextAsync("POST /v1/queues/r/tasks/a/complete")).Body, StringComparison.Ordinal);
        Assert.EndsWith("\"result\":1}", (await _service.NextAsync("POST /v1/queues/r/tasks/b/complete")).Body, StringComparison.Ordinal);

        static Reply Granted(string id) => new(
            200, $$"""{"tasks":[{"id":"{{id}}","type":"count","payload":0,"attempt":1,"lease":{"token":"L","expiresInSeconds":30} }]}""");
    }

    [Theory]
    [InlineData("", "q", 1, "AgentId")]
    [InlineData("a b", "q", 1, "AgentId")]
    [InlineData("a", "Q", 1, "Queue")]
    [InlineData("a", "q", 0, "MaxConcurrency")]
    public async Task Start_BadOptions_SaysWhichAndWhatToGive(string agentId, string queue, int concurrency, string named)
    {
        var builder = ClientHost.Builder(_service);
        builder.AddAgent(options => (options.AgentId, options.Queue, options.MaxConcurrency) = (agentId, queue, concurrency))
            .AddHandler<Work, string>("work", (work, _, _) => Task.FromResult(work.Say));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Ct));

        Assert.StartsWith(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithoutHandler_SaysWhatToCall()
    {
        var builder = ClientHost.Builder(_service);
        builder.AddAgent(options => (options.AgentId, options.Queue) = ("a", "q"));
        using var host = builder.Build();

        Assert.Contains("AddHandler", (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Ct))).Message, StringComparison.Ordinal);
    }

    private static int? MaxOf(Call claim) => RawJson.Parse(claim.Body).To(WireJson.Default.ClaimRequest)!.Max;

    private sealed class Scoped
    {
        public int Uses { get; set; }
    }

    private sealed class CountingHandler(Scoped scoped) : ITaskHandler<RawJson, int>
    {
        public Task<int> HandleAsync(RawJson input, TaskContext context, CancellationToken cancellationToken) => Task.FromResult(++scoped.Uses);
    }
}
