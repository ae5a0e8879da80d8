using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.EndToEnd;

/// <summary>What the dashboard received of a review during which the Api was killed: one picture.</summary>
[Collection(typeof(KilledReviewCollection))]
public sealed class ReviewTraceTests(KilledReview run)
{
    private readonly KilledReview _review = run.Ran();

    private const string TaskId = "taskplatform.task.id";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Trace_OfTheReview_HasEveryTasksSpansUnderOneRoot()
    {
        var spans = await WholeTraceAsync();
        var bySpanId = spans.ToDictionary(span => span.SpanId);
        var root = Assert.Single(spans, span => span.ParentSpanId is null);

        Assert.Equal(("api", "POST /v1/reviews/"), (root.Resource, root.Name));
        Assert.All(_review.TaskIds, id => Assert.Contains(spans, span => span.Name.StartsWith("process ", StringComparison.Ordinal) && Names(span, id)));
        Assert.All(spans.Where(IsOfATask), span => Assert.Equal(root, First(span)));

        TelemetrySpan First(TelemetrySpan span)
        {
            while (span.ParentSpanId is { } parent) span = bySpanId[parent];
            return span;
        }
    }

    [Fact]
    public async Task Trace_OfTheReview_ShowsItsTasksWaitingBeforeAndAfterTheKill()
    {
        var waits = (await WholeTraceAsync()).Where(span => span.Name.StartsWith("wait ", StringComparison.Ordinal)).ToList();

        Assert.Equal(["analysis", "coding", "reasoning"], waits.Select(wait => wait.Attributes["taskplatform.task.type"]).Distinct().Order());
        Assert.All(waits, wait => Assert.Equal("api", wait.Resource));
        Assert.All(waits, wait => Assert.Contains(wait.Attributes["taskplatform.agent.id"], (string[])["analyst", "coder", "reasoner"]));
        // Two lives of the Api, one trace.
        Assert.Contains(waits, wait => wait.End < _review.KilledAt);
        Assert.Contains(waits, wait => wait.End > _review.KilledAt);
    }

    [Fact]
    public async Task Spans_AreFoundByTheTasksId()
    {
        await WholeTraceAsync();
        var id = _review.TaskIds[^1];

        var found = (await _review.Dashboard.SpansAsync(Token)).Where(span => Names(span, id)).ToList();

        Assert.NotEmpty(found);
        Assert.All(found, span => Assert.Equal(_review.TraceId, span.TraceId));
        Assert.All(found, span => Assert.Equal("reviews", span.Attributes["messaging.destination.name"]));
    }

    [Fact]
    public async Task Logs_OfAgents_CarryTheTraceAndTheTask()
    {
        var id = _review.TaskIds[^1];

        var log = await _review.Dashboard.WaitForLogAsync(line => line.Text.StartsWith($"Task {id} ", StringComparison.Ordinal), Token);

        Assert.Equal(("reasoner", _review.TraceId, id), (log.Resource, log.TraceId, log.Attributes["TaskId"]));
    }

    [Fact]
    public async Task Resources_AreNamedAsInTheAppHostAndSendMetrics()
    {
        await WholeTraceAsync();

        var resources = await _review.Dashboard.ResourcesAsync(Token);

        Assert.Equal(["analyst", "api", "coder", "federation", "reasoner"], resources.Select(resource => resource.Name).Distinct().Order());
        Assert.All(resources.Where(resource => resource.Name is not "federation"), resource => Assert.True(resource is { HasMetrics: true, HasLogs: true, HasTraces: true }));
        Assert.Equal(2, resources.Count(resource => resource.Name is "analyst"));
    }

    /// <summary>The trace once its last span, the report's, has come from the agent and from the Api.</summary>
    private async Task<IReadOnlyList<TelemetrySpan>> WholeTraceAsync()
    {
        var last = _review.TaskIds[^1];
        await _review.Dashboard.WaitForSpanAsync(span => span.Name == "process reasoning" && Names(span, last), Token);
        await _review.Dashboard.WaitForSpanAsync(span => span.Name == "wait reasoning" && Names(span, last), Token);
        return await _review.Dashboard.SpansAsync(Token, _review.TraceId);
    }

    // Waits, attempts and settlements. A settlement's parent is the span of its call, which the killed Api may not have sent.
    private static bool IsOfATask(TelemetrySpan span) => span.Attributes.ContainsKey(TaskId) && !span.Attributes.ContainsKey("messaging.operation.type")
        || span.Name.StartsWith("process ", StringComparison.Ordinal);

    private static bool Names(TelemetrySpan span, string taskId) => span.Attributes.GetValueOrDefault(TaskId) == taskId;
}
