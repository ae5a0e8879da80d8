using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;
using static TaskPlatform.Tests.Client.ScriptedQueue;

namespace TaskPlatform.Tests.Client;

/// <summary>Handlers that add tasks or ask people: they are left while the task waits, and nothing is settled.</summary>
public sealed class AgentWaitingTests : IAsyncLifetime
{
    private const string Payload = ""","payload":{"say":"x"}""";

    private static readonly SubmitTask[] Parts = [new() { Type = "part", Payload = RawJson.From(1) }, new() { Id = "two", Type = "part" }];

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
    public async Task Spawn_ChildrenNotOver_LeavesTheHandlerAndSettlesNothing()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, SpawnAsync);
        using var durations = new MetricCollector<double>(
            agent.Services.GetRequiredService<IMeterFactory>(), "TaskPlatform", "messaging.process.duration");
        _service.On(Children("t1"), Told("waiting"));
        await _service.NextAsync(Claim);

        _queue.Offer("t1", Payload);

        Assert.Equal(
            """{"leaseToken":"L-t1","tasks":[{"type":"part","payload":1},{"id":"two","type":"part"}],"wait":true}""",
            (await _service.NextAsync(Children("t1"))).Body);
        await _service.NextAsync(Claim); // the slot is free again
        AssertNothingSettled();
        await durations.WaitForMeasurementsAsync(1, Ct);
        var measured = Assert.Single(durations.GetMeasurementSnapshot());
        Assert.Equal("waiting", measured.Tags["taskplatform.outcome"]);
        Assert.False(measured.Tags.ContainsKey("error.type"));
    }

    [Fact]
    public async Task Spawn_ChildrenOver_GivesTheirResultsAndGoesOn()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, SpawnAsync);
        _service.On("GET /v1/queues/q/tasks/big/result", new Reply(200, "\"fetched\""));
        _service.On(Children("t1"), Told(
            "in_progress", ""","children":["a","big"],"inputs":{"a":"A","big":{"href":"/v1/queues/q/tasks/big/result"},"before":"B"}"""));

        _queue.Offer("t1", ""","payload":{"say":"x"},"inputs":{"before":"B"}""");

        Assert.Equal("""{"leaseToken":"L-t1","result":"a,big of a,big: A fetched, B"}""", (await _service.NextAsync(Complete("t1"))).Body);
    }

    [Fact]
    public async Task Spawn_WithoutWaiting_GoesOn()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, async (work, context, token) =>
        {
            await context.SpawnAsync(Parts, wait: false, token);
            return string.Join(',', context.Children);
        });
        _service.On(Children("t1"), Told("assigned", ""","children":["a","two"]"""));

        _queue.Offer("t1", Payload);

        Assert.EndsWith("\"wait\":false}", (await _service.NextAsync(Children("t1"))).Body, StringComparison.Ordinal);
        Assert.Equal("""{"leaseToken":"L-t1","result":"a,two"}""", (await _service.NextAsync(Complete("t1"))).Body);
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("pending")]
    [InlineData("cancelled")]
    public Task Spawn_TaskHasLeftItsAgent_SettlesNothing(string state) => SpawnSettlesNothingAsync(Told(state));

    private async Task SpawnSettlesNothingAsync(Reply reply)
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, SpawnAsync);
        _service.On(Children("t1"), reply);
        await _service.NextAsync(Claim);

        _queue.Offer("t1", Payload);

        await _service.NextAsync(Children("t1"));
        await _service.NextAsync(Claim);
        AssertNothingSettled();
    }

    [Fact]
    public async Task Spawn_HandlerSwallowsTheException_SettlesNothing()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, async (work, context, token) =>
        {
            try
            {
                return await SpawnAsync(work, context, token);
            }
            catch (OperationCanceledException)
            {
                Assert.True(token.IsCancellationRequested);
                return "swallowed";
            }
        });
        _service.On(Children("t1"), Told("waiting"));
        await _service.NextAsync(Claim);

        _queue.Offer("t1", Payload);

        await _service.NextAsync(Children("t1"));
        await _service.NextAsync(Claim);
        AssertNothingSettled();
    }

    [Fact]
    public async Task Spawn_AnswerLost_IsRepeatedWithTheSameTokenAndTasks()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, SpawnAsync);
        _service.On(Children("t1"), Reply.Broken, new Reply(503), Told("waiting"));

        _queue.Offer("t1", Payload);

        var bodies = new[] { await _service.NextAsync(Children("t1")), await _service.NextAsync(Children("t1")), await _service.NextAsync(Children("t1")) };
        Assert.Single(bodies.Select(call => call.Body).Distinct());
    }

    [Fact]
    public async Task Spawn_BeatThatComesTooLate_IsNoLostLease()
    {
        var beaten = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, async (work, context, token) =>
        {
            var children = SpawnAsync(work, context, token);
            await beaten.Task.WaitAsync(Ct);
            Assert.False(token.IsCancellationRequested);
            return await children;
        });
        _service.On(Heartbeat("t1"), Reply.Problem(409, ProblemTypes.LeaseLost));
        _service.On(Children("t1"), async _ =>
        {
            await _service.NextAsync(Heartbeat("t1"));
            await _service.NextAsync(Heartbeat("t1")); // the first has been answered
            beaten.SetResult();
            return Told("in_progress", ""","children":["a"],"inputs":{"a":"A"}""");
        });

        _queue.Offer("t1", Payload, leaseSeconds: 1);

        Assert.Equal("""{"leaseToken":"L-t1","result":"a of a: A, "}""", (await _service.NextAsync(Complete("t1"))).Body);
    }

    [Theory]
    [InlineData(409, ProblemTypes.LeaseLost)]
    [InlineData(409, ProblemTypes.TaskFinished)]
    [InlineData(410, ProblemTypes.TaskPurged)]
    public Task Spawn_LeaseLost_SettlesNothing(int status, string problem) => SpawnSettlesNothingAsync(Reply.Problem(status, problem));

    [Fact]
    public async Task Spawn_Refused_FailsTheAttemptAsTheRefusalSays()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, SpawnAsync);
        _service.On(Children("t1"), Reply.Problem(409, ProblemTypes.IdConflict));

        _queue.Offer("t1", Payload);

        Assert.Contains(ProblemTypes.IdConflict, (await _service.NextAsync(Fail("t1"))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_NotAnswered_LeavesTheHandlerAndSettlesNothing()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, AskAsync);
        _service.On(Ask("t1"), Told("waiting"));
        await _service.NextAsync(Claim);

        _queue.Offer("t1", Payload);

        Assert.Equal("""{"leaseToken":"L-t1","question":"Deploy?","choices":["yes","no"]}""", (await _service.NextAsync(Ask("t1"))).Body);
        await _service.NextAsync(Claim);
        AssertNothingSettled();
    }

    [Theory]
    [InlineData("\"yes\"")]
    [InlineData("""{"to":["a"]}""")]
    [InlineData("null")]
    public async Task Ask_Answered_GivesTheAnswerAndGoesOn(string answer)
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, AskAsync);
        _service.On(Ask("t1"), Told("assigned", $$""","question":"Deploy?","answer":{{answer}}"""));

        _queue.Offer("t1", Payload);

        Assert.Equal($$"""{"leaseToken":"L-t1","result":{{RawJson.From(answer)}}}""", (await _service.NextAsync(Complete("t1"))).Body);
    }

    [Fact]
    public async Task Context_Resumed_TellsChildrenAnswerBudgetUsageAndError()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, (_, context, _) => Task.FromResult(
            $"{string.Join(',', context.Children)} {context.Question} {context.Answer} {context.Budget!.Tokens} {context.Used!.Cost} {context.Error!.Type}"));

        _queue.Offer("t1", Payload + ""","children":["a","b"],"question":"Sure?","answer":7,"budget":{"tokens":9},"usage":{"tokens":1,"cost":0.5},"error":{"type":"child-failed"}""");

        Assert.Equal("""{"leaseToken":"L-t1","result":"a,b Sure? 7 9 0.5 child-failed"}""", (await _service.NextAsync(Complete("t1"))).Body);
    }

    [Fact]
    public async Task ReportUsage_IsAHeartbeatWithTheToken()
    {
        await using var agent = await AgentHost.StartAsync<Work, string>(_service, async (work, context, token) =>
        {
            await context.ReportUsageAsync(new TaskUsage { Tokens = 1200, Cost = 0.25m }, token);
            return work.Say;
        });

        _queue.Offer("t1", Payload);

        Assert.Equal("""{"leaseToken":"L-t1","usage":{"tokens":1200,"cost":0.25}}""", (await _service.NextAsync(Heartbeat("t1"))).Body);
    }

    private static string Children(string task) => $"POST /v1/queues/q/tasks/{task}/children";

    private static string Ask(string task) => $"POST /v1/queues/q/tasks/{task}/ask";

    private static Reply Told(string state, string more = "") => new(200, $$"""{"id":"t1","type":"work","state":"{{state}}"{{more}}}""");

    private static async Task<string> SpawnAsync(Work work, TaskContext context, CancellationToken token)
    {
        var results = await context.SpawnAsync(Parts, cancellationToken: token);
        var texts = await Task.WhenAll(results.Keys.Order().Select(id => context.GetInputAsync<string>(id, token)));
        context.Inputs.TryGetValue("before", out var before);
        return $"{string.Join(',', results.Keys.Order())} of {string.Join(',', context.Children)}: {string.Join(' ', texts)}, {before}";
    }

    private static async Task<string> AskAsync(Work work, TaskContext context, CancellationToken token)
        => (await context.AskAsync("Deploy?", ["yes", "no"], token)).GetRawText();

    private void AssertNothingSettled()
        => Assert.Equal((0, 0, 0), (_service.Waiting(Complete("t1")), _service.Waiting(Fail("t1")), _service.Waiting(Release("t1"))));
}
