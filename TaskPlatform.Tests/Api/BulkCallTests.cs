using System.Text.Json;

namespace TaskPlatform.Tests.Api;

/// <summary>The same for all tasks that match.</summary>
public sealed class BulkCallTests(SharedApi api)
{
    [Fact]
    public async Task Bulk_Cancel_CancelsWhatMatchesAndTellsHowMany()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"id":"a","type":"work","labels":{"env":"test"}}""");
        await queue.SubmitAsync("""{"id":"b","type":"work","labels":{"env":"live"}}""");
        await queue.SubmitAsync("""{"id":"c","type":"other","labels":{"env":"test"}}""");

        var started = (await queue.PostAsync("/bulk", """{"action":"cancel","filter":{"type":"work","label":"env=test","state":"pending"}}""")).Expect(202);
        var operation = await FinishedAsync(queue, started);

        Assert.Equal(
            """{"action":"cancel","filter":{"state":"pending","type":"work","label":"env=test"},"dryRun":false,"state":"completed","matched":1,"changed":1}""",
            Told(operation));
        Assert.EndsWith("Z", operation["finishedAt"].GetString());
        Assert.Equal(
            ["cancelled", "pending", "pending"],
            [(await queue.GetAsync("/tasks/a")).State, (await queue.GetAsync("/tasks/b")).State, (await queue.GetAsync("/tasks/c")).State]);
    }

    [Fact]
    public async Task Bulk_DryRun_CountsAndChangesNothing()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"id":"a","type":"work"}""");
        await queue.SubmitAsync("""{"id":"b","type":"work"}""");
        await queue.PostAsync("/tasks/b/cancel");

        var started = (await queue.PostAsync("/bulk", """{"action":"cancel","filter":{"type":"work"},"dryRun":true}""")).Expect(202);
        var operation = await FinishedAsync(queue, started);

        Assert.Equal(
            """{"action":"cancel","filter":{"type":"work"},"dryRun":true,"state":"completed","matched":2,"changed":1}""", Told(operation));
        Assert.Equal("pending", (await queue.GetAsync("/tasks/a")).State);
    }

    [Fact]
    public async Task Bulk_RetryThenDelete_ReachesWhatMemoryHasLetGoOf()
    {
        var queue = await api.QueueAsync();
        for (var index = 0; index < 5; index++) await queue.FailedAsync($$"""{"id":"t{{index}}","type":"work","payload":{{index}}}""");

        var retry = await FinishedAsync(queue, (await queue.PostAsync("/bulk", """{"action":"retry","filter":{"state":"failed"}}""")).Expect(202));
        var (task, id, token) = await queue.TakeAsync();
        await queue.CompleteAsync(id, token);
        var delete = await FinishedAsync(queue, (await queue.PostAsync("/bulk", """{"action":"delete","filter":{"state":"completed"}}""")).Expect(202));

        Assert.Equal((5, 5), (retry["matched"].GetInt32(), retry["changed"].GetInt32()));
        Assert.Equal(("t0", "0"), (id, task.GetProperty("payload").GetRawText()));
        Assert.Equal(1, delete["changed"].GetInt32());
        (await queue.GetAsync("/tasks/t0")).ExpectProblem(410, "task-purged");
    }

    [Fact]
    public async Task Bulk_SameKey_IsTheSameOperation()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"type":"work"}""");
        const string Bulk = """{"action":"cancel","filter":{"type":"work"}}""";

        var first = (await queue.PostAsync("/bulk", Bulk, "key")).Expect(202);
        var second = (await queue.PostAsync("/bulk", Bulk, "key")).Expect(202);

        Assert.Equal(first.Text, second.Text);
        Assert.Equal(queue.Path($"/operations/{first["operationId"].GetString()}"), first.Header("Location"));
        (await queue.PostAsync("/bulk", """{"action":"delete","filter":{"type":"work"}}""", "key")).ExpectProblem(409, "idempotency-mismatch");
    }

    [Theory]
    [InlineData("""{}""", new[] { "action", "filter" })]
    [InlineData("""{"action":"stop","filter":{}}""", new[] { "action", "filter" })]
    [InlineData("""{"action":"cancel","filter":{"state":null}}""", new[] { "filter" })]
    [InlineData("""{"action":"cancel","filter":{"state":"done","type":"","agentId":"a b","graphId":7,"label":"!"}}""",
        new[] { "filter.label", "filter.state", "filter.type", "filter.agentId", "filter.graphId" })]
    [InlineData("""{"action":"cancel","filter":{"type":"work","colour":"red"},"dryRun":"yes","limit":1}""", new[] { "filter.colour", "dryRun", "limit" })]
    public async Task Bulk_BadFields_NamesEach(string bulk, string[] fields)
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"type":"work"}""");

        Assert.Equal(fields, (await queue.PostAsync("/bulk", bulk)).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task Operation_Unknown_SaysWhetherItOrTheQueue()
    {
        var queue = await api.QueueAsync();
        (await queue.GetAsync("/operations/a")).ExpectProblem(404, "queue-not-found");
        (await queue.PostAsync("/bulk", """{"action":"cancel","filter":{"type":"work"}}""")).ExpectProblem(404, "queue-not-found");
        await queue.SubmitAsync("""{"type":"work"}""");

        (await queue.GetAsync("/operations/a")).ExpectProblem(404, "operation-not-found");
    }

    private static async Task<Answer> FinishedAsync(QueueCalls queue, Answer started)
    {
        while (true)
        {
            var operation = (await queue.GetAsync($"/operations/{started["operationId"].GetString()}")).Expect(200);
            if (operation.State == "completed") return operation;
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>An operation without its id and times.</summary>
    private static string Told(Answer operation) => JsonSerializer.Serialize(operation.Body.EnumerateObject()
        .Where(field => field.Name is not ("operationId" or "createdAt" or "finishedAt")).ToDictionary(field => field.Name, field => field.Value));
}
