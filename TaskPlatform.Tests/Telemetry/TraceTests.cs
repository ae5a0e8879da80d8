using System.Diagnostics;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;
using TaskPlatform.Tests.Api;
using TaskPlatform.Tests.Client;

namespace TaskPlatform.Tests.Telemetry;

/// <summary>A graph is one trace: its submit, and for each task the wait in the queue, each attempt and the settlement.</summary>
public sealed class TraceTests(SharedApi shared) : IAsyncLifetime
{
    private readonly string _queue = $"q-{Guid.NewGuid():N}";
    private ApiHost _api = null!;
    private RealAgent _caller = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await shared.HostAsync();
        _caller = RealAgent.None(_api.Http.BaseAddress!);
    }

    public ValueTask DisposeAsync() => _caller.DisposeAsync();

    [Fact]
    public async Task Graph_WithARetry_IsOneTraceWithEachWaitAndAttemptUnderTheSubmit()
    {
        await using var agent = await AgentAsync((fails, context) => fails && context.Attempt == 1
            ? throw new TimeoutException("too late") : context.TaskId);

        await _caller.Client.SubmitGraphAsync(_queue, [Job("a", fails: true), Job("b") with { DependsOn = ["a"] }], cancellationToken: Ct);
        await _caller.Client.GetAsync(_queue, "b", TimeSpan.FromSeconds(60), Ct);

        var submit = Assert.Single(await SpansAsync(1, $"submit {_queue}"));
        foreach (var name in (string[])["wait work", "process work"])
        {
            var spans = await SpansAsync(3, name);
            Assert.Equal([("a", 1), ("a", 2), ("b", 1)], spans.Select(span => ((string)Tag(span, "task.id")!, (int)Tag(span, "task.attempt")!)).Order());
            Assert.All(spans, span => Assert.Equal((submit.TraceId, submit.SpanId), (span.TraceId, span.ParentSpanId)));
            Assert.All(spans, span => Assert.Equal(("work", "tracer"), (Tag(span, "task.type"), Tag(span, "agent.id"))));
        }
        Assert.Equal(["a"], Assert.IsType<string[]>(Tag((await SpansAsync(3, "wait work")).Single(span => Tag(span, "task.id") is "b"), "task.depends_on")));
        Assert.All(await SpansAsync(2, $"complete {_queue}"), span => Assert.Equal(submit.TraceId, span.TraceId));
        Assert.Equal(submit.TraceId, Assert.Single(await SpansAsync(1, $"fail {_queue}")).TraceId);
    }

    [Fact]
    public async Task Wait_OfAReadyTask_LastsFromItsSubmitToItsGrant()
    {
        var calls = new QueueCalls(_api.Http, _queue);
        await calls.SubmitAsync("""{"id":"a","type":"work"}""");
        await calls.PostAsync("/claims", """{"agentId":"me"}""");
        var task = await calls.GetAsync("/tasks/a");

        var wait = Assert.Single(await SpansAsync(1, "wait work"));

        Assert.Equal(task["createdAt"].GetDateTimeOffset(), wait.StartTimeUtc);
        Assert.Equal(task["startedAt"].GetDateTimeOffset(), wait.StartTimeUtc + wait.Duration);
        Assert.Equal(task["traceparent"].GetString(), wait.ParentId);
    }

    [Fact]
    public async Task Attempt_WhoseAgentIsGone_IsInTheTraceAsLost()
    {
        var calls = new QueueCalls(_api.Http, _queue);
        await calls.SubmitAsync("""{"id":"a","type":"work","maxAttempts":1}""");
        await calls.PostAsync("/claims", """{"agentId":"me","instanceId":"one","leaseSeconds":0.1}""");

        var lost = Assert.Single(await SpansAsync(1, "lost work"));
        var submit = Assert.Single(await SpansAsync(1, $"submit {_queue}"));

        Assert.Equal((submit.TraceId, submit.SpanId), (lost.TraceId, lost.ParentSpanId));
        Assert.Equal(("a", 1, "me", "one"), (Tag(lost, "task.id"), Tag(lost, "task.attempt"), Tag(lost, "agent.id"), Tag(lost, "agent.instance")));
        Assert.Equal(("lease-lost", ActivityStatusCode.Error), (lost.GetTagItem("error.type"), lost.Status));
    }

    [Fact]
    public async Task Spans_OfCalls_HaveTheNamesOfTheMessagingConventions()
    {
        var calls = new QueueCalls(_api.Http, _queue);
        var (_, id, token) = await calls.StartTaskAsync("""{"type":"coding"}""");
        await calls.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}"}""");

        var submit = Assert.Single(await SpansAsync(1, $"submit {_queue}"));
        var settle = Assert.Single(await SpansAsync(1, $"complete {_queue}"));

        Assert.Equal((ActivityKind.Producer, "taskplatform", "submit", "send", id, "coding"), Conventions(submit));
        Assert.Equal((ActivityKind.Client, "taskplatform", "complete", "settle", id, "coding"), Conventions(settle));
    }

    [Fact]
    public async Task Settlement_ThatIsRefused_NamesItsTask()
    {
        var calls = new QueueCalls(_api.Http, _queue);
        var (_, id, token) = await calls.StartTaskAsync("""{"type":"coding"}""");
        await calls.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}"}""");
        await calls.PostAsync($"/tasks/{id}/release", $$"""{"leaseToken":"{{token}}"}""");

        var settle = Assert.Single(await SpansAsync(1, $"release {_queue}"));

        Assert.NotNull(settle.GetTagItem("error.type"));
        Assert.Equal(id, Tag(settle, "task.id"));
    }

    [Fact]
    public async Task ClaimAndHeartbeat_HoweverMany_LeaveNoSpansOfCalls()
    {
        var calls = new QueueCalls(_api.Http, _queue);
        var (_, id, token) = await calls.StartTaskAsync("""{"type":"coding"}""");
        await calls.PostAsync($"/tasks/{id}/heartbeat", $$"""{"leaseToken":"{{token}}"}""");
        await calls.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}"}""");
        await calls.GetAsync($"/tasks/{id}");

        var served = await _api.Spans.EndedAsync(3, span => span.Kind == ActivityKind.Server && Path(span).Contains(_queue, StringComparison.Ordinal));

        Assert.DoesNotContain(served, span => Path(span).EndsWith("/claims", StringComparison.Ordinal) || Path(span).EndsWith("/heartbeat", StringComparison.Ordinal));
    }

    private static string Path(Activity span) => (string)span.GetTagItem("url.path")!;

    private static object? Tag(Activity span, string name) => span.GetTagItem($"taskplatform.{name}");

    private static (ActivityKind, object?, object?, object?, object?, object?) Conventions(Activity span) => (
        span.Kind, span.GetTagItem("messaging.system"), span.GetTagItem("messaging.operation.name"), span.GetTagItem("messaging.operation.type"),
        span.GetTagItem("messaging.message.id"), Tag(span, "task.type"));

    private static SubmitTask Job(string id, bool fails = false) => new()
    {
        Id = id,
        Type = "work",
        Payload = RawJson.From(fails),
        Backoff = new BackoffSpec { InitialSeconds = 0.1 },
    };

    private Task<Activity[]> SpansAsync(int count, string name) =>
        _api.Spans.EndedAsync(count, span => span.DisplayName == name && _queue.Equals(span.GetTagItem("messaging.destination.name")));

    private Task<RealAgent> AgentAsync(Func<bool, TaskContext, string> work) => RealAgent.StartAsync<bool, string>(
        _api.Address.Over(streams: false), _queue, "tracer", (fails, context, _) => Task.FromResult(work(fails, context)));
}
