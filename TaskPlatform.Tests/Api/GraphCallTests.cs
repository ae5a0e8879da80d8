using System.Text.Json;

namespace TaskPlatform.Tests.Api;

/// <summary>Graphs and batches.</summary>
public sealed class GraphCallTests(SharedApi api)
{
    private const string Chain = """{"tasks":[{"id":"a","type":"work"},{"id":"b","type":"work","dependsOn":["a"]},{"type":"work","id":"c","dependsOn":["b"]}]}""";

    [Fact]
    public async Task SubmitGraph_New_Is201AndUnlocksStepByStep()
    {
        var queue = await api.QueueAsync();

        var graph = (await queue.PostAsync("/graphs", Chain)).Expect(201);
        var graphId = graph["graphId"].GetString()!;
        var (_, id, token) = await queue.TakeAsync();
        await queue.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}","result":1}""");
        var half = (await queue.GetAsync($"/graphs/{graphId}")).Expect(200);

        Assert.Equal("""[{"id":"a","state":"pending"},{"id":"b","state":"blocked"},{"id":"c","state":"blocked"}]""", graph["tasks"].GetRawText());
        Assert.Equal(queue.Path($"/graphs/{graphId}"), graph.Header("Location"));
        Assert.Equal("in_progress", half.State);
        Assert.Equal((1, 1, 1, 0), (Count(half, "completed"), Count(half, "pending"), Count(half, "blocked"), Count(half, "failed")));
        Assert.Equal("""["a","b","c"]""", half["criticalPath"].GetRawText());
        Assert.Equal("""["b"]""", half["tasks"][2].GetProperty("waitingFor").GetRawText());
        Assert.Equal(graphId, half["tasks"][0].GetProperty("graphId").GetString());
    }

    [Fact]
    public async Task GetGraph_FinishedTasks_ShowsWhatBecameOfThem()
    {
        var queue = await api.QueueAsync();
        var graph = (await queue.PostAsync("/graphs", """{"tasks":[{"id":"a","type":"work"},{"id":"b","type":"work"}]}""")).Expect(201);
        var (_, good, token) = await queue.TakeAsync();
        await queue.PostAsync($"/tasks/{good}/heartbeat", $$"""{"leaseToken":"{{token}}","message":"near","usage":{"tokens":7} }""");
        await queue.CompleteAsync(good, token);
        var (_, bad, other) = await queue.TakeAsync();
        await queue.FailAsync(bad, other);
        await queue.GetAsync(); // whatever left memory has left it by now

        var tasks = (await queue.GetAsync($"/graphs/{graph["graphId"].GetString()}")).Expect(200)["tasks"];

        Assert.Equal(
            ("completed", "near", 1.0, 7, "completed"),
            (tasks[0].GetProperty("state").GetString(), tasks[0].GetProperty("message").GetString(), tasks[0].GetProperty("progress").GetDouble(),
                tasks[0].GetProperty("usage").GetProperty("tokens").GetInt32(), tasks[0].GetProperty("attempts")[0].GetProperty("outcome").GetString()));
        Assert.Equal(
            ("failed", "It broke.", 1), (tasks[1].GetProperty("state").GetString(), tasks[1].GetProperty("error").GetProperty("message").GetString(), tasks[1].GetProperty("attempt").GetInt32()));
        Assert.False(tasks[0].TryGetProperty("result", out _));
    }

    [Fact]
    public async Task SubmitGraph_Repeated_Is200WithTheFirst()
    {
        var queue = await api.QueueAsync();
        var first = (await queue.PostAsync("/graphs", Chain)).Expect(201);

        var byIds = (await queue.PostAsync("/graphs", Chain)).Expect(200);
        var nameless = """{"tasks":[{"type":"work"}]}""";
        var keyed = (await queue.PostAsync("/graphs", nameless, "k")).Expect(201);
        var byKey = (await queue.PostAsync("/graphs", nameless, "k")).Expect(200);

        Assert.Equal(first["graphId"].GetString(), byIds["graphId"].GetString());
        Assert.Equal(keyed.Text, byKey.Text);
    }

    [Theory]
    [InlineData("""{"tasks":[{"id":"a","type":"t","dependsOn":["c"]},{"id":"b","type":"t","dependsOn":["a"]},{"id":"c","type":"t","dependsOn":["b"]}]}""", 422, "cycle-detected")]
    [InlineData("""{"tasks":[{"id":"a","type":"t"},{"id":"b","type":"t","dependsOn":["nobody"]}]}""", 422, "unknown-dependency")]
    [InlineData("""{"tasks":[{"id":"a","type":"t"},{"id":"a","type":"t"}]}""", 400, "invalid-request")]
    [InlineData("""{"tasks":[]}""", 400, "invalid-request")]
    [InlineData("""{"tasks":{}}""", 400, "invalid-request")]
    [InlineData("""{}""", 400, "invalid-request")]
    [InlineData("""{"tasks":[{"id":"a","type":"t"}],"graphId":"g"}""", 400, "invalid-request")]
    public async Task SubmitGraph_Wrong_IsRefusedAsAWhole(string graph, int status, string problem)
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"id":"x","type":"t"}""");

        var answer = (await queue.PostAsync("/graphs", graph)).ExpectProblem(status, problem);

        if (problem == "cycle-detected") Assert.Equal(["a", "b", "c"], answer["cycle"].EnumerateArray().Select(id => id.GetString()!).Distinct().Order());
        (await queue.GetAsync("/tasks/a")).ExpectProblem(404, "task-not-found");
    }

    [Fact]
    public async Task SubmitGraph_BadFields_NamesEachWithItsPlace()
    {
        var queue = await api.QueueAsync();

        var answer = await queue.PostAsync("/graphs", """{"tasks":[{"type":"t"},{"type":"t","backoff":{"kind":"x"}},7,{"type":"t","nope":1}]}""");

        Assert.Equal(["tasks[1].backoff.kind", "tasks[2]", "tasks[3].nope"], answer.ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task SubmitGraph_MoreTasksThanAllowed_IsTooLarge()
    {
        var queue = await api.QueueAsync();
        static string Graph(int tasks) => $$"""{"tasks":[{{string.Join(",", Enumerable.Repeat("""{"type":"t"}""", tasks))}}]}""";

        (await queue.PostAsync("/graphs", Graph(10_001))).ExpectProblem(413, "payload-too-large");
        Assert.Equal(10_000, (await queue.PostAsync("/graphs", Graph(10_000))).Expect(201)["tasks"].GetArrayLength());
    }

    [Fact]
    public async Task CancelGraph_Unfinished_CancelsWhatIsLeft()
    {
        var queue = await api.QueueAsync();
        var graphId = (await queue.PostAsync("/graphs", Chain)).Expect(201)["graphId"].GetString();

        var cancelled = (await queue.PostAsync($"/graphs/{graphId}/cancel", """{"reason":"enough"}""")).Expect(200);

        Assert.Equal(("cancelled", 3), (cancelled.State, Count(cancelled, "cancelled")));
        (await queue.PostAsync("/graphs/nobody/cancel")).ExpectProblem(404, "graph-not-found");
        (await queue.GetAsync("/graphs/nobody")).ExpectProblem(404, "graph-not-found");
    }

    [Fact]
    public async Task SubmitBatch_Mixed_HasAnOutcomeForEachInOrder()
    {
        var queue = await api.QueueAsync();

        var outcomes = Outcomes(await queue.PostAsync(
            "/tasks/batch",
            """{"tasks":[{"id":"a","type":"t"},{"id":"b"},{"id":"a","type":"t"},{"id":"a","type":"u"},7,{"type":"t","dependsOn":["a"]},{"type":"t","dependsOn":["z"]}]}"""));

        Assert.Equal(
            ["a 201 pending", "b 400 invalid-request", "a 200 pending", "a 409 id-conflict", " 400 invalid-request", "? 201 blocked", "? 422 unknown-dependency"],
            outcomes.Select((outcome, index) => Line(outcome, hidesId: index > 4)));
        Assert.Equal("tasks[1].type", outcomes[1].GetProperty("problem").GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task SubmitBatch_SameKey_AddsNothing()
    {
        var queue = await api.QueueAsync();
        var batch = """{"tasks":[{"type":"t"},{"type":"t"}]}""";

        var first = Outcomes(await queue.PostAsync("/tasks/batch", batch, "k"));
        var second = Outcomes(await queue.PostAsync("/tasks/batch", batch, "k"));
        var other = Outcomes(await queue.PostAsync("/tasks/batch", """{"tasks":[{"type":"t"}]}""", "k"));

        Assert.Equal(first.Select(outcome => outcome.GetProperty("id").GetString()), second.Select(outcome => outcome.GetProperty("id").GetString()));
        Assert.Equal([200, 200], second.Select(outcome => outcome.GetProperty("status").GetInt32()));
        Assert.EndsWith("409 idempotency-mismatch", Line(other[0]));
    }

    [Fact]
    public async Task SettleBatch_EachVerb_HasAnOutcomeForEachInOrder()
    {
        var queue = await api.QueueAsync();
        var (_, a, ta) = await queue.StartTaskAsync("""{"id":"a","type":"t"}""");
        var (_, b, tb) = await queue.StartTaskAsync("""{"id":"b","type":"t"}""");
        var (_, c, tc) = await queue.StartTaskAsync("""{"id":"c","type":"t"}""");

        var outcomes = Outcomes(await queue.PostAsync("/settle/batch", $$$"""
            {"settle":[
              {"id":"{{{a}}}","leaseToken":"{{{ta}}}","complete":{"result":[1]}},
              {"id":"{{{b}}}","leaseToken":"{{{tb}}}","fail":{"error":{"type":"x","message":"y","retryable":false} } },
              {"id":"{{{c}}}","leaseToken":"{{{tc}}}","release":{}},
              {"id":"{{{a}}}","leaseToken":"none","complete":{}},
              {"id":"nobody","leaseToken":"none","release":{}},
              {"id":"{{{a}}}","leaseToken":"{{{ta}}}"},
              {"id":"{{{a}}}","leaseToken":"{{{ta}}}","complete":{},"release":{}},
              {"id":"{{{a}}}","leaseToken":"{{{ta}}}","complete":{"leaseToken":"again"}}
            ]}
            """));

        Assert.Equal(
            [
                "a 200 completed", "b 200 failed", "c 200 pending", "a 409 task-finished", "nobody 404 task-not-found", "a 400 invalid-request",
                "a 400 invalid-request", "a 400 invalid-request",
            ],
            outcomes.Select(outcome => Line(outcome)));
    }

    [Theory]
    [InlineData("/tasks/batch", """{"tasks":[]}""", "tasks")]
    [InlineData("/tasks/batch", """{"tasks":7,"more":1}""", "tasks more")]
    [InlineData("/settle/batch", """{}""", "settle")]
    public async Task Batch_WrongAround_IsRefusedAsAWhole(string call, string batch, string fields)
    {
        var queue = await api.QueueAsync();

        Assert.Equal(fields.Split(' '), (await queue.PostAsync(call, batch)).ExpectProblem(400, "invalid-request").Fields);
    }

    private static int Count(Answer graph, string state) => graph["counts"].GetProperty(state).GetInt32();

    private static JsonElement[] Outcomes(Answer batch) => [.. batch.Expect(200)["outcomes"].EnumerateArray()];

    private static string Line(JsonElement outcome, bool hidesId = false)
    {
        var id = outcome.TryGetProperty("id", out var given) ? given.GetString() : "";
        var what = outcome.TryGetProperty("problem", out var problem)
            ? problem.GetProperty("type").GetString()!.Split(':')[^1]
            : outcome.GetProperty("task").GetProperty("state").GetString();
        return $"{(hidesId ? "?" : id)} {outcome.GetProperty("status").GetInt32()} {what}";
    }
}
