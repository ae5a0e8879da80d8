using System.Text.Json;

namespace TaskPlatform.Tests.Api;

/// <summary>Submit, read, list, wait, cancel.</summary>
public sealed class TaskCallTests(SharedApi api)
{
    [Fact]
    public async Task Submit_New_Is201WithEveryFieldAndItsAddress()
    {
        var queue = await api.QueueAsync();

        var answer = (await queue.SubmitAsync("""{"id":"a","type":"coding","payload":{ "x":1 },"labels":{"team":"core"},"stallSeconds":5}""")).Expect(201);

        Assert.Equal(queue.Path("/tasks/a"), answer.Header("Location"));
        Assert.Equal("durable; fsync=always", answer.Header("Durability"));
        Assert.Equal("pending", answer.State);
        Assert.Equal("""{ "x":1 }""", answer["payload"].GetRawText());
        Assert.Equal("""{"kind":"exponential","initialSeconds":1,"maxSeconds":300}""", answer["backoff"].GetRawText());
        Assert.Equal(
            ("coding", "medium", 4, 30.0, 3600.0, 5.0, 0),
            (answer["type"].GetString(), answer["priority"].GetString(), answer["maxAttempts"].GetInt32(), answer["leaseSeconds"].GetDouble(),
                answer["attemptTimeoutSeconds"].GetDouble(), answer["stallSeconds"].GetDouble(), answer["attempt"].GetInt32()));
        Assert.Equal("core", answer["labels"].GetProperty("team").GetString());
        Assert.EndsWith("Z", answer["createdAt"].GetString());
        Assert.False(answer.Body.TryGetProperty("lease", out _));
    }

    [Fact]
    public async Task Submit_SameIdAndBody_Is200WithTheFirst()
    {
        var queue = await api.QueueAsync();
        var first = (await queue.SubmitAsync("""{"id":"a","type":"coding","payload":[1]}""")).Expect(201);

        var second = (await queue.SubmitAsync("""{"payload":[ 1 ],"priority":"medium","type":"coding","id":"a"}""")).Expect(200);

        Assert.Equal(first["createdAt"].GetString(), second["createdAt"].GetString());
    }

    [Fact]
    public async Task Submit_SameIdOtherBody_IsIdConflict()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"id":"a","type":"coding"}""");

        (await queue.SubmitAsync("""{"id":"a","type":"analysis"}""")).ExpectProblem(409, "id-conflict");
    }

    [Fact]
    public async Task Submit_SameKey_IsTheSameTaskAndAnotherBodyAMismatch()
    {
        var queue = await api.QueueAsync();

        var first = (await queue.SubmitAsync("""{"type":"coding"}""", "key 1")).Expect(201);
        var second = (await queue.SubmitAsync("""{ "type" : "coding" }""", "key 1")).Expect(200);

        Assert.Equal(first["id"].GetString(), second["id"].GetString());
        (await queue.SubmitAsync("""{"type":"other"}""", "key 1")).ExpectProblem(409, "idempotency-mismatch");
        (await queue.PostAsync("/graphs", """{"tasks":[{"type":"coding"}]}""", "key 1")).ExpectProblem(409, "idempotency-mismatch");
    }

    [Fact]
    public async Task Submit_KeyThatIsNone_IsNamed()
    {
        var queue = await api.QueueAsync();

        var answer = await queue.SubmitAsync("""{"type":"coding"}""", new string('k', 256));

        Assert.Equal(["Idempotency-Key"], answer.ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task Submit_BadEverywhere_NamesAddressKeyAndFields()
    {
        var queue = await api.QueueAsync();

        var answer = await queue.SendAsync(HttpMethod.Post, "/v1/queues/Upper/tasks", """{"bogus":1}""", new string('k', 256));

        Assert.Equal(["queue", "Idempotency-Key", "type", "bogus"], answer.ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task Submit_UnknownDependencyOrItself_Is422()
    {
        var queue = await api.QueueAsync();

        var unknown = (await queue.SubmitAsync("""{"type":"coding","dependsOn":["nobody"]}""")).ExpectProblem(422, "unknown-dependency");
        var itself = (await queue.SubmitAsync("""{"id":"a","type":"coding","dependsOn":["a"]}""")).ExpectProblem(422, "cycle-detected");

        Assert.Equal("""["nobody"]""", unknown["ids"].GetRawText());
        Assert.Equal("""["a","a"]""", itself["cycle"].GetRawText());
    }

    [Fact]
    public async Task Get_Unknown_SaysWhetherTaskOrQueue()
    {
        var queue = await api.QueueAsync();
        (await queue.GetAsync("/tasks/a")).ExpectProblem(404, "queue-not-found");
        await queue.SubmitAsync("""{"type":"coding"}""");

        (await queue.GetAsync("/tasks/a")).ExpectProblem(404, "task-not-found");
        (await queue.GetAsync("/tasks/batch")).ExpectProblem(404, "task-not-found");
        Assert.Equal(["id"], (await queue.GetAsync("/tasks/a%20b")).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task Get_WaitingWhenTheTaskFinishes_AnswersThen()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();

        var waiting = queue.GetAsync($"/tasks/{id}?waitSeconds=60");
        (await queue.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}","result":7}""")).Expect(200);

        Assert.Equal("completed", (await waiting).Expect(200).State);
    }

    [Fact]
    public async Task Get_WaitingInVain_AnswersWhatIs()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"id":"a","type":"coding"}""");

        Assert.Equal("pending", (await queue.GetAsync("/tasks/a?waitSeconds=0.2")).Expect(200).State);
        Assert.Equal(["waitSeconds"], (await queue.GetAsync("/tasks/a?waitSeconds=61")).ExpectProblem(400, "invalid-request").Fields);
        Assert.Equal(["wait"], (await queue.GetAsync("/tasks/a?wait=1")).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task GetResult_OfAnyTask_IsTheResultAloneOrNothing()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();
        var before = (await queue.GetAsync($"/tasks/{id}/result")).Expect(204);

        await queue.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}","result":{ "a":[1.50] } }""");

        Assert.Empty(before.Text);
        Assert.Equal("""{ "a":[1.50] }""", (await queue.GetAsync($"/tasks/{id}/result")).Expect(200).Text);
    }

    [Fact]
    public async Task Cancel_NotLeased_IsCancelledAtOnceAndAgain()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"id":"a","type":"coding"}""");

        Assert.Equal("cancelled", (await queue.PostAsync("/tasks/a/cancel", """{"reason":"enough"}""")).Expect(200).State);
        Assert.Equal("cancelled", (await queue.PostAsync("/tasks/a/cancel")).Expect(200).State);
        (await queue.PostAsync("/tasks/b/cancel")).ExpectProblem(404, "task-not-found");
    }

    [Fact]
    public async Task Cancel_Leased_IsToldAtTheHeartbeatAndStillMayComplete()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();

        var asked = (await queue.PostAsync($"/tasks/{id}/cancel")).Expect(200);
        var heartbeat = (await queue.PostAsync($"/tasks/{id}/heartbeat", $$"""{"leaseToken":"{{token}}"}""")).Expect(200);
        var done = (await queue.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}"}""")).Expect(200);

        Assert.True(asked["cancelRequested"].GetBoolean());
        Assert.True(heartbeat["cancelRequested"].GetBoolean());
        Assert.Equal("completed", done.State);
        (await queue.PostAsync($"/tasks/{id}/cancel")).ExpectProblem(409, "task-finished");
    }

    [Fact]
    public async Task List_Pages_HoldEachTaskOnceNewestFirstThoughTasksChange()
    {
        var queue = await api.QueueAsync();
        for (var index = 0; index < 7; index++) await queue.SubmitAsync($$"""{"id":"t{{index}}","type":"coding"}""");

        var first = (await queue.GetAsync("/tasks?limit=3")).Expect(200);
        await queue.SubmitAsync("""{"id":"late","type":"coding"}""");
        await queue.PostAsync("/tasks/t2/cancel");
        var second = (await queue.GetAsync($"/tasks?limit=3&cursor={first["nextCursor"].GetString()}")).Expect(200);
        var third = (await queue.GetAsync($"/tasks?limit=3&cursor={second["nextCursor"].GetString()}")).Expect(200);

        Assert.Equal(["t6", "t5", "t4", "t3", "t2", "t1", "t0"], [.. Ids(first), .. Ids(second), .. Ids(third)]);
        Assert.False(third.Body.TryGetProperty("nextCursor", out _));
    }

    [Fact]
    public async Task List_Filtered_HoldsWhatMatches()
    {
        var queue = await api.QueueAsync();
        var graph = (await queue.PostAsync("/graphs", """{"tasks":[{"id":"g","type":"other"}]}""")).Expect(201);
        await queue.SubmitAsync("""{"id":"a","type":"coding","labels":{"env":"test","x":"1=2"}}""");
        await queue.SubmitAsync("""{"id":"b","type":"coding","labels":{"env":"live"}}""");
        await queue.TakeAsync("""{"agentId":"agent","types":["other"]}""");

        Assert.Equal(["b", "a"], Ids(await queue.GetAsync("/tasks?type=coding")));
        Assert.Equal(["g"], Ids(await queue.GetAsync("/tasks?state=assigned")));
        Assert.Equal(["g"], Ids(await queue.GetAsync("/tasks?agentId=agent")));
        Assert.Equal(["g"], Ids(await queue.GetAsync($"/tasks?graphId={graph["graphId"].GetString()}")));
        Assert.Equal(["b", "a"], Ids(await queue.GetAsync("/tasks?label=env")));
        Assert.Equal(["a"], Ids(await queue.GetAsync("/tasks?label=env=test")));
        Assert.Equal(["a"], Ids(await queue.GetAsync("/tasks?label=x%3D1%3D2")));
        Assert.Empty(Ids(await queue.GetAsync("/tasks?label=env=test&state=completed")));
    }

    [Fact]
    public async Task List_LargeTasks_EndsThePageEarlyAndGoesOn()
    {
        var queue = await api.QueueAsync();
        var payload = new string('x', 250_000);
        for (var index = 0; index < 50; index++) (await queue.SubmitAsync($$"""{"id":"t{{index}}","type":"coding","payload":"{{payload}}"}""")).Expect(201);

        var first = (await queue.GetAsync("/tasks?limit=50")).Expect(200);
        var second = (await queue.GetAsync($"/tasks?limit=50&cursor={first["nextCursor"].GetString()}")).Expect(200);

        Assert.InRange(Ids(first).Length, 33, 49);
        Assert.Equal(Enumerable.Range(0, 50).Reverse().Select(index => $"t{index}"), [.. Ids(first), .. Ids(second)]);
    }

    [Fact]
    public async Task List_BadQuery_NamesEachParameter()
    {
        var queue = await api.QueueAsync();

        var answer = await queue.GetAsync("/tasks?state=done&type=&agentId=a%20b&limit=0&cursor=x&label=%21&extra=1&graphId=a&graphId=b");

        Assert.Equal(
            ["label", "state", "agentId", "graphId", "limit", "cursor", "extra"], answer.ExpectProblem(400, "invalid-request").Fields);
    }

    private static string[] Ids(Answer page)
        => [.. page.Expect(200)["tasks"].EnumerateArray().Select((JsonElement task) => task.GetProperty("id").GetString()!)];
}
