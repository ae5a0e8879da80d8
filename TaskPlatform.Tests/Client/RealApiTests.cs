using System.Diagnostics;
using System.Net;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;
using TaskPlatform.Tests.Api;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Client;

/// <summary>As agents work that cannot open a stream.</summary>
public sealed class RealApiOverHttpTests(SharedApi shared) : RealApiTests(shared, overStreams: false);

/// <summary>As agents work that can.</summary>
public sealed class RealApiOverStreamsTests(SharedApi shared) : RealApiTests(shared, overStreams: true);

/// <summary>The client and the agent's runtime against the real service and a real Redis.</summary>
public abstract class RealApiTests(SharedApi shared, bool overStreams) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _queue = $"q-{Guid.NewGuid():N}";
    private ApiHost _api = null!;
    private RealAgent _caller = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TaskPlatformClient Client => _caller.Client;

    private ServiceAddress Address => _api.Address.Over(overStreams);

    public async ValueTask InitializeAsync()
    {
        _api = await shared.HostAsync();
        _caller = RealAgent.None(Address.Http);
    }

    public ValueTask DisposeAsync() => _caller.DisposeAsync();

    [Fact]
    public async Task Graph_WithAnAgent_IsWorkedInOrderWithTheResultsBefore()
    {
        await using var agent = await RealAgent.StartAsync<Work, string>(Address, _queue, "adder", async (work, context, token) =>
        {
            var before = new List<string>();
            foreach (var id in context.Inputs.Keys.Order()) before.Add((await context.GetInputAsync<string>(id, token))!);
            return string.Concat(before) + work.Say;
        });

        var graph = await Client.SubmitGraphAsync(
            _queue,
            [Job("a", "A"), Job("b", "B"), Job("c", "C") with { DependsOn = ["a", "b"] }, Job("d", "D") with { DependsOn = ["c"] }],
            cancellationToken: Ct);
        var last = await Client.GetAsync(_queue, "d", Patience, Ct);

        Assert.Equal(TaskState.Completed, last.State);
        Assert.Equal("ABCD", last.Result!.Value.To<string>());
        Assert.Equal("adder", last.AssignedAgent);
        var done = await Client.GetGraphAsync(_queue, graph.GraphId, Ct);
        Assert.Equal(4, done.Counts!["completed"]);
    }

    [Fact]
    public async Task Input_BeyondOneMebibyteInAll_IsFetched()
    {
        await using var agent = await RealAgent.StartAsync<int, string>(Address, _queue, "big", async (bytes, context, token) =>
        {
            if (bytes > 0) return new string('x', bytes);
            var lengths = await Task.WhenAll(context.Inputs.Keys.Select(async id => (await context.GetInputAsync<string>(id, token))!.Length));
            return $"{lengths.Length} x {lengths.Distinct().Single()}";
        });
        string[] parts = ["p1", "p2", "p3", "p4", "p5"];

        await Client.SubmitGraphAsync(
            _queue,
            [
                .. parts.Select(id => new SubmitTask { Id = id, Type = "work", Payload = RawJson.From(250_000) }),
                new SubmitTask { Id = "sum", Type = "work", Payload = RawJson.From(0), DependsOn = [.. parts.Select(id => new Dependency(id))] },
            ],
            cancellationToken: Ct);

        Assert.Equal("\"5 x 250000\"", (await Client.GetAsync(_queue, "sum", Patience, Ct)).Result.ToString());
    }

    [Fact]
    public async Task Attempt_FailsOnce_TheNextSeesItsCheckpoint()
    {
        await using var agent = await RealAgent.StartAsync<Work, string>(Address, _queue, "retrier", async (_, context, token) =>
        {
            if (context.Attempt == 2) return context.GetCheckpoint<Work>()!.Say;
            await context.ReportProgressAsync(0.5, "half", token);
            await context.SaveCheckpointAsync(new Work("left behind"), token);
            throw new TimeoutException("too late");
        });

        await Client.SubmitAsync(_queue, Job("t", "x") with { Backoff = new BackoffSpec { InitialSeconds = 0.1 } }, cancellationToken: Ct);
        var task = await Client.GetAsync(_queue, "t", Patience, Ct);

        Assert.Equal("\"left behind\"", task.Result.ToString());
        Assert.Equal(2, task.Attempt);
        Assert.Equal("TimeoutException", task.Attempts![0].Error!.Type);
    }

    [Fact]
    public async Task Payload_ThatTheHandlerCannotRead_FailsForGood()
    {
        await using var agent = await RealAgent.StartAsync<Work, string>(Address, _queue, "reader", (work, _, _) => Task.FromResult(work.Say));

        await Client.SubmitAsync(_queue, new SubmitTask { Id = "t", Type = "work", Payload = RawJson.Parse("[1]") }, cancellationToken: Ct);
        var task = await Client.GetAsync(_queue, "t", Patience, Ct);

        Assert.Equal(TaskState.Failed, task.State);
        Assert.Equal("invalid-payload", task.Error!.Type);
    }

    [Fact]
    public async Task Result_BeyondTheLimit_FailsForGood()
    {
        await using var agent = await RealAgent.StartAsync<Work, string>(
            Address, _queue, "writer", (_, _, _) => Task.FromResult(new string('x', 300 * 1024)));

        await Client.SubmitAsync(_queue, Job("t", "x"), cancellationToken: Ct);
        var task = await Client.GetAsync(_queue, "t", Patience, Ct);

        Assert.Equal(TaskState.Failed, task.State);
        Assert.Equal("result-refused", task.Error!.Type);
    }

    [Fact]
    public async Task Cancel_RunningTask_StopsTheHandlerAndCancels()
    {
        var begun = Signal();
        await using var agent = await RealAgent.StartAsync<Work, string>(
            Address, _queue, "runner", (_, _, token) => RunUntilToldAsync(begun, token), options => options.LeaseSeconds = 2);
        await Client.SubmitAsync(_queue, Job("t", "x"), cancellationToken: Ct);
        await begun.Task.WaitAsync(Ct);

        Assert.True((await Client.CancelAsync(_queue, "t", "not needed", Ct)).CancelRequested);

        Assert.Equal(TaskState.Cancelled, (await Client.GetAsync(_queue, "t", Patience, Ct)).State);
    }

    [Fact]
    public async Task Stop_RunningTask_GoesToAnotherReplicaWithoutCostingAnAttempt()
    {
        var begun = Signal();
        await using var first = await RealAgent.StartAsync<Work, string>(
            Address, _queue, "twin", (_, _, token) => RunUntilToldAsync(begun, token), options => options.InstanceId = "one");
        await Client.SubmitAsync(_queue, Job("t", "x"), cancellationToken: Ct);
        await begun.Task.WaitAsync(Ct);

        await first.StopAsync();
        await using var second = await RealAgent.StartAsync<Work, string>(
            Address, _queue, "twin", (work, _, _) => Task.FromResult(work.Say), options => options.InstanceId = "two");
        var task = await Client.GetAsync(_queue, "t", Patience, Ct);

        Assert.Equal(TaskState.Completed, task.State);
        Assert.Equal(1, task.Attempt);
        Assert.Equal("two", task.Attempts![^1].InstanceId);
    }

    [Fact]
    public async Task Lease_TakenAway_CompleteIsRefusedAsLost()
    {
        await Client.SubmitAsync(_queue, Job("t", "x"), cancellationToken: Ct);
        var first = Assert.Single(await Client.ClaimAsync(_queue, new ClaimRequest { AgentId = "a" }, Ct));
        await Client.ReleaseAsync(_queue, "t", first.Lease!.Token, Ct);
        Assert.Single(await Client.ClaimAsync(_queue, new ClaimRequest { AgentId = "b" }, Ct));

        var refusal = await Assert.ThrowsAsync<TaskPlatformException>(
            () => Client.CompleteAsync(_queue, "t", new CompleteRequest { LeaseToken = "0" + first.Lease.Token[1..] }, Ct));

        Assert.Equal(HttpStatusCode.Conflict, refusal.Status);
        Assert.Equal(ProblemTypes.LeaseLost, refusal.ProblemType);
    }

    [Fact]
    public async Task Batches_SubmitAndSettle_AnswerEachItem()
    {
        var submitted = await Client.SubmitBatchAsync(_queue, [Job("a", "x"), new SubmitTask(), Job("b", "x")], cancellationToken: Ct);
        Assert.Equal([201, 400, 201], submitted.Select(outcome => outcome.Status));

        var claimed = await Client.ClaimAsync(_queue, new ClaimRequest { AgentId = "a", Max = 5 }, Ct);
        var error = new TaskError { Type = "x", Message = "y", Retryable = false };
        var settled = await Client.SettleBatchAsync(
            _queue,
            [
                new Settlement { Id = "a", LeaseToken = claimed[0].Lease!.Token, Complete = new CompleteRequest { Result = RawJson.From(1) } },
                new Settlement { Id = "b", LeaseToken = claimed[1].Lease!.Token, Fail = new FailRequest { Error = error } },
            ],
            Ct);

        Assert.Equal([TaskState.Completed, TaskState.Failed], settled.Select(outcome => outcome.Task!.State));
        Assert.Equal("1", (await Client.GetResultAsync(_queue, "a", Ct)).ToString());
        Assert.True((await Client.GetResultAsync(_queue, "b", Ct)).IsNull);
    }

    [Fact]
    public async Task Submit_RepeatedKeyWithAnotherBody_IsRefused()
    {
        await Client.SubmitAsync(_queue, Job("a", "x"), "key", Ct);
        Assert.Equal("a", (await Client.SubmitAsync(_queue, Job("a", "x"), "key", Ct)).Id);

        var refusal = await Assert.ThrowsAsync<TaskPlatformException>(() => Client.SubmitAsync(_queue, Job("b", "x"), "key", Ct));

        Assert.Equal(ProblemTypes.IdempotencyMismatch, refusal.ProblemType);
    }

    [Fact]
    public async Task Submit_Cycle_IsRefusedWithTheCycle()
    {
        var refusal = await Assert.ThrowsAsync<TaskPlatformException>(() => Client.SubmitGraphAsync(
            _queue, [Job("a", "x") with { DependsOn = ["b"] }, Job("b", "x") with { DependsOn = ["a"] }], cancellationToken: Ct));

        Assert.Equal(ProblemTypes.CycleDetected, refusal.ProblemType);
        Assert.True(refusal.Problem!.Extensions!.ContainsKey("cycle"));
    }

    [Fact]
    public async Task Queue_ListPauseResumeAndAgents_AnswerInTheClientsTypes()
    {
        await Client.RegisterAgentAsync(_queue, "a", new AgentRegistration { Capabilities = ["work"], MaxConcurrency = 2 }, Ct);
        for (var i = 0; i < 5; i++)
        {
            var labels = new Dictionary<string, string> { ["n"] = $"{i}" };
            await Client.SubmitAsync(_queue, Job($"t{i}", "x") with { Labels = labels }, cancellationToken: Ct);
        }

        Assert.True((await Client.PauseAsync(_queue, cancellationToken: Ct)).Paused);
        Assert.Empty(await Client.ClaimAsync(_queue, new ClaimRequest { AgentId = "a" }, Ct));
        Assert.False((await Client.ResumeAsync(_queue, cancellationToken: Ct)).Paused);
        Assert.Equal(60, (await Client.PutQueueAsync(_queue, new QueueSettings { AgeingSeconds = 60 }, Ct)).Settings!.AgeingSeconds);
        Assert.Equal(5, (await Client.GetQueueAsync(_queue, Ct)).Counts!["pending"]);
        Assert.Contains(await Client.ListQueuesAsync(Ct), queue => queue.Name == _queue);
        Assert.Equal(["t4", "t3", "t2", "t1", "t0"], await IdsAsync(new TaskQuery { PageSize = 2 }));
        Assert.Equal(["t3"], await IdsAsync(new TaskQuery { Label = "n=3" }));
        Assert.True((await Client.DrainAgentAsync(_queue, "a", Ct)).Draining);
        Assert.True(Assert.Single(await Client.ListAgentsAsync(_queue, Ct)).Draining);
        Assert.True(await Client.RemoveAgentAsync(_queue, "a", Ct));
        Assert.False(await Client.RemoveAgentAsync(_queue, "a", Ct));
        Assert.Empty(await Client.ListAgentsAsync(_queue, Ct));
    }

    [Fact]
    public async Task Events_BrokenOff_GoOnAfterTheLastSeen()
    {
        await Client.SubmitAsync(_queue, Job("a", "x"), cancellationToken: Ct);
        var live = Client.EventsAsync(_queue, cancellationToken: Ct).GetAsyncEnumerator(Ct);
        var next = live.MoveNextAsync().AsTask();
        // The stream tells what happens once it is open; which submit is the first after that does not matter.
        for (var i = 0; !next.IsCompleted; i++)
        {
            await Client.SubmitAsync(_queue, Job($"probe{i}", "x"), cancellationToken: Ct);
        }
        await next;
        var seen = live.Current;
        await live.DisposeAsync();
        await Client.SubmitAsync(_queue, Job("missed", "x"), cancellationToken: Ct);

        var missed = await Client.EventsAsync(_queue, seen.Id, Ct).FirstAsync(happened => happened.TaskId == "missed", Ct);

        Assert.Equal(_queue, missed.Queue);
        Assert.Equal(TaskState.Pending, missed.State);
        Assert.NotEqual("reset", seen.Kind);
    }

    [Fact]
    public async Task Trace_SubmitToCompletion_IsOne()
    {
        await using var agent = await RealAgent.StartAsync<Work, string>(Address, _queue, "traced", (work, _, _) => Task.FromResult(work.Say));

        var submitted = await Client.SubmitAsync(_queue, Job("t", "x"), cancellationToken: Ct);
        await Client.GetAsync(_queue, "t", Patience, Ct);
        await agent.StopAsync(); // its span ends after the settlement

        var submit = ActivityContext.Parse(submitted.Traceparent!, null);
        var process = Assert.Single(_api.Spans.Named("process work"), span => span.TraceId == submit.TraceId);
        Assert.Equal(submit.SpanId, process.ParentSpanId);
        Assert.Equal(submit.SpanId, Assert.Single(process.Links).Context.SpanId);
        Assert.Equal("t", process.GetTagItem("messaging.message.id"));
        Assert.Equal("taskplatform", process.GetTagItem("messaging.system"));
        Assert.Equal("process", process.GetTagItem("messaging.operation.type"));
        Assert.Equal(_queue, process.GetTagItem("messaging.destination.name"));
        Assert.Equal(1, process.GetTagItem("taskplatform.task.attempt"));
        // Of what comes over a stream, many settlements in a message, there are no spans of their own.
        Assert.Equal(!overStreams, _api.Spans.Named($"complete {_queue}").Any(span => span.TraceId == submit.TraceId));
    }

    private ValueTask<List<string>> IdsAsync(TaskQuery query) => Client.ListAsync(_queue, query, Ct).Select(task => task.Id).ToListAsync(Ct);

    private static SubmitTask Job(string id, string say) => new() { Id = id, Type = "work", Payload = RawJson.From(new Work(say)) };

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task<string> RunUntilToldAsync(TaskCompletionSource begun, CancellationToken token)
    {
        begun.TrySetResult();
        await Task.Delay(Timeout.Infinite, token);
        return "never";
    }
}
