using System.Text.Json;

namespace TaskPlatform.Tests.Api;

/// <summary>What a task may share with others: unique keys, limits, turns, budgets.</summary>
public sealed class SubmitFieldCallTests(SharedApi api)
{
    [Fact]
    public async Task Submit_EveryField_IsAnsweredAsItWasSubmitted()
    {
        var queue = await api.QueueAsync();
        const string Fields =
            """
            "uniqueKey":"u","uniqueSeconds":60,"concurrencyKey":"c","rateLimitKey":"r","fairnessKey":"f","weight":3,"budget":{"tokens":1000,"cost":0.5},"budgetKey":"b","onChildFailure":"fail","route":"cheap"
            """;

        await queue.SubmitAsync($$"""{"id":"a","type":"coding",{{Fields}}}""");
        var task = (await queue.GetAsync("/tasks/a")).Expect(200);

        Assert.Contains(Fields, task.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_WithoutThem_AnswersTheDefaults()
    {
        var queue = await api.QueueAsync();

        var task = (await queue.SubmitAsync("""{"type":"coding"}""")).Expect(201);

        Assert.Equal((1, "resume"), (task["weight"].GetInt32(), task["onChildFailure"].GetString()));
        foreach (var name in (string[])["uniqueKey", "uniqueSeconds", "concurrencyKey", "budget", "route", "usage", "parentId", "children", "question", "deduplicatedBy"])
            Assert.False(task.Body.TryGetProperty(name, out _), name);
    }

    [Fact]
    public async Task Submit_UniqueKeyThatIsTaken_Is200WithTheTaskThatHasItUntilItIsOver()
    {
        var queue = await api.QueueAsync();
        (await queue.SubmitAsync("""{"id":"first","type":"work","uniqueKey":"k"}""")).Expect(201);

        var second = (await queue.SubmitAsync("""{"id":"second","type":"work","uniqueKey":"k","payload":2}""")).Expect(200);
        var batch = (await queue.PostAsync("/tasks/batch", """{"tasks":[{"type":"work","uniqueKey":"k"}]}""")).Expect(200)["outcomes"][0];
        (await queue.GetAsync("/tasks/second")).ExpectProblem(404, "task-not-found");
        var (_, id, token) = await queue.TakeAsync();
        await queue.CompleteAsync(id, token);

        Assert.Equal(("first", "k"), (second["id"].GetString(), second["deduplicatedBy"].GetString()));
        Assert.Equal(
            ("first", 200, "k"),
            (batch.GetProperty("id").GetString(), batch.GetProperty("status").GetInt32(), batch.GetProperty("task").GetProperty("deduplicatedBy").GetString()));
        Assert.Equal("third", (await queue.SubmitAsync("""{"id":"third","type":"work","uniqueKey":"k"}""")).Expect(201)["id"].GetString());
    }

    [Fact]
    public async Task Submit_UniqueKeyWithATime_StaysTakenWhenTheTaskIsOver()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync("""{"type":"work","uniqueKey":"k","uniqueSeconds":600}""");
        await queue.CompleteAsync(id, token);

        var again = (await queue.SubmitAsync("""{"type":"work","uniqueKey":"k"}""")).Expect(200);

        Assert.Equal((id, "completed", "k"), (again["id"].GetString(), again.State, again["deduplicatedBy"].GetString()));
    }

    [Fact]
    public async Task SubmitGraph_UniqueKeyThatIsTaken_IsIdConflictAsAWhole()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"type":"work","uniqueKey":"k"}""");

        (await queue.PostAsync("/graphs", """{"tasks":[{"id":"a","type":"work"},{"id":"b","type":"work","uniqueKey":"k"}]}""")).ExpectProblem(409, "id-conflict");

        (await queue.GetAsync("/tasks/a")).ExpectProblem(404, "task-not-found");
    }

    [Fact]
    public async Task SubmitGraph_WithABudget_AnswersItWithWhatWasUsed()
    {
        var queue = await api.QueueAsync();
        var graph = (await queue.PostAsync("/graphs", """{"tasks":[{"id":"a","type":"work"}],"budget":{"tokens":100,"cost":2.5}}""")).Expect(201);
        var path = $"/graphs/{graph["graphId"].GetString()}";
        var before = (await queue.GetAsync(path)).Expect(200);
        var (_, id, token) = await queue.TakeAsync();

        await queue.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}","usage":{"tokens":40,"cost":0.25} }""");
        var after = (await queue.GetAsync(path)).Expect(200);

        Assert.Equal("""{"tokens":100,"cost":2.5}""", before["budget"].GetRawText());
        Assert.False(before.Body.TryGetProperty("usage", out _));
        Assert.Equal("""{"tokens":40,"cost":0.25}""", after["usage"].GetRawText());
        Assert.Equal("""{"tokens":40,"cost":0.25}""", (await queue.GetAsync($"/tasks/{id}")).Expect(200)["usage"].GetRawText());
    }

    [Theory]
    [InlineData("""{"tasks":[{"type":"work"}],"budget":{}}""", "budget")]
    [InlineData("""{"tasks":[{"type":"work"}],"budget":{"tokens":-1}}""", "budget.tokens")]
    [InlineData("""{"tasks":[{"type":"work"}],"budget":{"tokens":1,"per":1}}""", "budget.per")]
    [InlineData("""{"tasks":[{"type":"work"}],"budget":[]}""", "budget")]
    public async Task SubmitGraph_BadBudget_NamesIt(string graph, string field)
    {
        var queue = await api.QueueAsync();

        Assert.Equal([field], (await queue.PostAsync("/graphs", graph)).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task Get_FinishedTask_StillShowsEverything()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync(
            """{"id":"a","type":"work","payload":{"p":1},"uniqueKey":"u","budget":{"tokens":9},"labels":{"l":"v"}}""");
        await queue.PostAsync($"/tasks/{id}/heartbeat", $$"""{"leaseToken":"{{token}}","message":"near","checkpoint":[1],"usage":{"tokens":4} }""");
        await queue.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}","result":{"r":1},"confidence":0.75}""");

        var alone = (await queue.GetAsync("/tasks/a")).Expect(200).Body;
        var listed = Assert.Single((await queue.GetAsync("/tasks")).Expect(200)["tasks"].EnumerateArray());

        foreach (var task in (JsonElement[])[alone, listed])
        {
            Assert.Equal(
                """{"p":1} {"r":1} [1] near 0.75 u {"tokens":9} {"tokens":4,"cost":0} {"l":"v"}""",
                $"{Raw(task, "payload")} {Raw(task, "result")} {Raw(task, "checkpoint")} {task.GetProperty("message")} {Raw(task, "confidence")} "
                + $"{task.GetProperty("uniqueKey")} {Raw(task, "budget")} {Raw(task, "usage")} {Raw(task, "labels")}");
            Assert.Equal((1, "completed"), (task.GetProperty("attempt").GetInt32(), task.GetProperty("attempts")[0].GetProperty("outcome").GetString()));
        }
    }

    private static string Raw(JsonElement task, string name) => task.GetProperty(name).GetRawText();
}
