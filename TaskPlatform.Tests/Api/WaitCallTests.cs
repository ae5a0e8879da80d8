using System.Text.Json;

namespace TaskPlatform.Tests.Api;

/// <summary>Children, questions, answers.</summary>
public sealed class WaitCallTests(SharedApi api)
{
    private const string SomeToken = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Children_NotOver_MakeTheTaskWaitAndThenGoOnWithTheirResults()
    {
        var queue = await api.QueueAsync();
        var (parent, id, token) = await queue.StartTaskAsync("""{"type":"work","priority":"critical"}""");

        var waiting = (await AddAsync(queue, id, token, """[{"id":"one","type":"part"},{"type":"part","payload":2}]""")).Expect(200);
        var children = waiting["children"].EnumerateArray().Select(child => child.GetString()!).ToArray();
        var child = (await queue.GetAsync("/tasks/one")).Expect(200);
        await FinishAsync(queue, 2);
        var (resumed, _, second) = await queue.TakeAsync("""{"agentId":"agent","types":["work"]}""");

        Assert.Equal("waiting", waiting.State);
        Assert.Equal(children, waiting["waitingFor"].EnumerateArray().Select(task => task.GetString()));
        Assert.Equal(("one", true), (children[0], System.Text.RegularExpressions.Regex.IsMatch(children[1], "^[0-9a-f]{32}$")));
        Assert.Equal(id, child["parentId"].GetString());
        Assert.Equal((1, id), (resumed.GetProperty("attempt").GetInt32(), resumed.GetProperty("id").GetString()));
        Assert.NotEqual(token, second);
        Assert.Equal($$"""{"one":"one","{{children[1]}}":"{{children[1]}}"}""", resumed.GetProperty("inputs").GetRawText());
        Assert.Equal(1, parent.GetProperty("attempt").GetInt32());
    }

    [Fact]
    public async Task Children_AllOver_LeaveTheTaskWithItsAgent()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();
        const string Tasks = """[{"type":"part"}]""";
        await AddAsync(queue, id, token, Tasks);
        await FinishAsync(queue, 1);
        var (_, _, second) = await queue.TakeAsync();

        var again = (await AddAsync(queue, id, second, Tasks)).Expect(200);

        Assert.Equal(("in_progress", 1, 1), (again.State, again["children"].GetArrayLength(), again["inputs"].EnumerateObject().Count()));
        await queue.CompleteAsync(id, second);
    }

    [Fact]
    public async Task Children_WithoutWaiting_LeaveTheTaskWithItsAgent()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();

        var answer = (await AddAsync(queue, id, token, """[{"id":"one","type":"part"}]""", ""","wait":false""")).Expect(200);

        Assert.Equal("in_progress", answer.State);
        Assert.Equal("""["one"]""", answer["children"].GetRawText());
        await queue.CompleteAsync(id, token);
        Assert.Equal("cancelled", (await queue.GetAsync("/tasks/one?waitSeconds=60")).Expect(200).State);
    }

    [Fact]
    public async Task Children_Repeated_AreTheSameAnswerAndAddNoneTwice()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();
        const string Tasks = """[{"type":"part"},{"type":"part"},{"type":"part","payload":3}]""";

        var first = (await AddAsync(queue, id, token, Tasks)).Expect(200);
        var second = (await AddAsync(queue, id, token, Tasks)).Expect(200);

        Assert.Equal(first.Text, second.Text);
        Assert.Equal(3, first["children"].EnumerateArray().Select(child => child.GetString()).Distinct().Count());
        Assert.Equal(4, (await queue.GetAsync("/tasks")).Expect(200)["tasks"].GetArrayLength());
    }

    [Theory]
    [InlineData("resume", "pending")]
    [InlineData("fail", "failed")]
    public async Task Children_OneFails_DoesToTheParentWhatItSays(string onChildFailure, string state)
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync($$"""{"type":"work","onChildFailure":"{{onChildFailure}}"}""");
        await AddAsync(queue, id, token, """[{"id":"one","type":"part"}]""");
        var (_, child, childToken) = await queue.TakeAsync();
        await queue.FailAsync(child, childToken);

        // The cascade goes its own way: the parent's claim or end comes when it has got there.
        var parent = state == "failed"
            ? (await queue.GetAsync($"/tasks/{id}?waitSeconds=60")).Expect(200).Body
            : (await queue.TakeAsync("""{"agentId":"agent","waitSeconds":60}""")).Task;

        Assert.Equal(state == "failed" ? "failed" : "assigned", parent.GetProperty("state").GetString());
        Assert.Equal("child-failed", parent.GetProperty("error").GetProperty("type").GetString());
        Assert.Contains("'one'", parent.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Children_Refused_SayWhyAndAddNone()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync("""{"id":"parent","type":"work"}""");
        await queue.SubmitAsync("""{"id":"other","type":"work"}""");

        (await AddAsync(queue, id, token, """[{"id":"new","type":"part"},{"id":"other","type":"work"}]""")).ExpectProblem(409, "id-conflict");
        (await AddAsync(queue, id, token, """[{"type":"part","dependsOn":["nobody"]}]""")).ExpectProblem(422, "unknown-dependency");
        (await AddAsync(queue, id, token, """[{"type":"part","dependsOn":["parent"]}]""")).ExpectProblem(422, "cycle-detected");
        (await AddAsync(queue, id, SomeToken, """[{"type":"part"}]""")).ExpectProblem(409, "lease-lost");
        (await AddAsync(queue, "nobody", token, """[{"type":"part"}]""")).ExpectProblem(404, "task-not-found");
        await queue.CompleteAsync(id, token);
        (await AddAsync(queue, id, SomeToken, """[{"type":"part"}]""")).ExpectProblem(409, "task-finished");

        (await queue.GetAsync("/tasks/new")).ExpectProblem(404, "task-not-found");
    }

    [Theory]
    [InlineData("""{}""", new[] { "leaseToken", "tasks" })]
    [InlineData("""{"leaseToken":"x","tasks":[]}""", new[] { "tasks" })]
    [InlineData("""{"leaseToken":"x","tasks":{},"wait":1}""", new[] { "tasks", "wait" })]
    [InlineData("""{"leaseToken":"x","tasks":[{},{"type":"t","weight":0}],"why":1}""", new[] { "tasks[0].type", "tasks[1].weight", "why" })]
    public async Task Children_BadFields_NamesEach(string body, string[] fields)
    {
        var queue = await api.QueueAsync();

        Assert.Equal(fields, (await queue.PostAsync("/tasks/a/children", body)).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task Children_MoreThanAllowed_IsTooLarge()
    {
        var queue = await api.QueueAsync();
        var tasks = string.Join(',', Enumerable.Repeat("""{"type":"t"}""", 1_001));

        (await AddAsync(queue, "a", SomeToken, $"[{tasks}]")).ExpectProblem(413, "payload-too-large");
    }

    [Fact]
    public async Task Ask_ThenAnswer_GoesOnWithTheAnswerAndKeepsIt()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();

        var asked = (await AskAsync(queue, id, token, "Deploy?", """["yes","no"]""")).Expect(200);
        var repeated = (await AskAsync(queue, id, token, "Deploy?", """["yes","no"]""")).Expect(200);
        var answered = (await queue.PostAsync($"/tasks/{id}/answer", """{"answer":"yes"}""")).Expect(200);
        var (resumed, _, second) = await queue.TakeAsync();
        var again = (await AskAsync(queue, id, second, "Deploy?", """["yes","no"]""")).Expect(200);

        Assert.Equal(("waiting", "Deploy?", """["yes","no"]"""), (asked.State, asked["question"].GetString(), asked["choices"].GetRawText()));
        Assert.False(asked.Body.TryGetProperty("answer", out _));
        Assert.Equal(asked.Text, repeated.Text);
        Assert.Equal(("pending", "yes"), (answered.State, answered["answer"].GetString()));
        Assert.Equal(("yes", 1), (resumed.GetProperty("answer").GetString(), resumed.GetProperty("attempt").GetInt32()));
        Assert.Equal(("in_progress", "yes"), (again.State, again["answer"].GetString()));
    }

    [Fact]
    public async Task Answer_AnyJson_IsKeptByteForByte()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();
        (await AskAsync(queue, id, token, "What?")).Expect(200);

        var answered = (await queue.PostAsync($"/tasks/{id}/answer", """{"answer":{ "n" : 1.50 }}""")).Expect(200);

        Assert.Equal("""{ "n" : 1.50 }""", answered["answer"].GetRawText());
    }

    [Fact]
    public async Task Answer_Repeated_IsTheTaskAndAnotherOneRefused()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();
        (await queue.PostAsync($"/tasks/{id}/answer", """{"answer":"yes"}""")).ExpectProblem(409, "not-waiting");
        await AskAsync(queue, id, token, "Deploy?", """["yes","no"]""");

        Assert.Equal(["answer"], (await queue.PostAsync($"/tasks/{id}/answer", """{"answer":"maybe"}""")).ExpectProblem(400, "invalid-request").Fields);
        (await queue.PostAsync($"/tasks/{id}/answer", """{"answer":["yes"]}""")).ExpectProblem(400, "invalid-request");
        (await queue.PostAsync($"/tasks/{id}/answer", """{"answer":"yes"}""", "key")).Expect(200);
        (await queue.PostAsync($"/tasks/{id}/answer", """{"answer":"yes"}""", "key")).Expect(200);
        (await queue.PostAsync($"/tasks/{id}/answer", """{"answer":"yes"}""")).Expect(200);
        (await queue.PostAsync($"/tasks/{id}/answer", """{"answer":"no"}""")).ExpectProblem(409, "not-waiting");
        (await queue.PostAsync($"/tasks/{id}/answer", """{"answer":"no"}""", "key")).ExpectProblem(409, "idempotency-mismatch");
        (await queue.PostAsync("/tasks/nobody/answer", """{"answer":1}""")).ExpectProblem(404, "task-not-found");
        await queue.PostAsync($"/tasks/{id}/cancel");
        (await queue.PostAsync($"/tasks/{id}/answer", """{"answer":"no"}""")).ExpectProblem(409, "task-finished");
    }

    [Fact]
    public async Task Answer_WithAmountsToATaskOutOfBudget_RaisesItAndLetsItGoOn()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync("""{"type":"work","budget":{"tokens":10}}""");
        await queue.PostAsync($"/tasks/{id}/heartbeat", $$"""{"leaseToken":"{{token}}","usage":{"tokens":10} }""");
        await queue.PostAsync(
            $"/tasks/{id}/fail", $$"""{"leaseToken":"{{token}}","error":{"type":"x","message":""},"retryAfterSeconds":0}""");
        Assert.Empty((await queue.ClaimAsync()).Expect(200)["tasks"].EnumerateArray());
        var exhausted = (await queue.GetAsync($"/tasks/{id}")).Expect(200);

        var raised = (await queue.PostAsync($"/tasks/{id}/answer", """{"answer":{"tokens":5}}""")).Expect(200);

        Assert.Equal(("waiting", """{"tokens":10,"cost":0}"""), (exhausted.State, exhausted["usage"].GetRawText()));
        Assert.Equal(("pending", """{"tokens":15}"""), (raised.State, raised["budget"].GetRawText()));
        Assert.Equal(id, (await queue.TakeAsync()).Id);
    }

    [Fact]
    public async Task Ask_Refused_SaysWhy()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();

        (await AskAsync(queue, id, SomeToken, "?")).ExpectProblem(409, "lease-lost");
        (await AskAsync(queue, "nobody", token, "?")).ExpectProblem(404, "task-not-found");
        (await AskAsync(queue, id, token, new string('x', 8_193))).ExpectProblem(413, "payload-too-large");
        await queue.CompleteAsync(id, token);
        (await AskAsync(queue, id, SomeToken, "?")).ExpectProblem(409, "task-finished");
    }

    [Theory]
    [InlineData("ask", """{}""", new[] { "leaseToken", "question" })]
    [InlineData("ask", """{"leaseToken":"x","question":"","choices":"yes"}""", new[] { "question", "choices" })]
    [InlineData("ask", """{"leaseToken":"x","question":"?","choices":["yes","",7,"yes"],"who":1}""", new[] { "choices[1]", "choices[2]", "choices[3]", "who" })]
    [InlineData("answer", """{}""", new[] { "answer" })]
    [InlineData("answer", """{"answer":1,"by":"me"}""", new[] { "by" })]
    public async Task AskAndAnswer_BadFields_NamesEach(string call, string body, string[] fields)
    {
        var queue = await api.QueueAsync();

        Assert.Equal(fields, (await queue.PostAsync($"/tasks/a/{call}", body)).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task AskAndAnswer_BeyondTheirSizes_AreRefused()
    {
        var queue = await api.QueueAsync();
        var choices = string.Join(',', Enumerable.Range(0, 33).Select(index => $"\"{index}\""));

        Assert.Equal(["choices"], (await AskAsync(queue, "a", SomeToken, "?", $"[{choices}]")).ExpectProblem(400, "invalid-request").Fields);
        Assert.Equal(
            ["choices[0]"], (await AskAsync(queue, "a", SomeToken, "?", $"[\"{new string('x', 257)}\"]")).ExpectProblem(400, "invalid-request").Fields);
        (await queue.PostAsync("/tasks/a/answer", $$"""{"answer":"{{new string('x', 256 << 10)}}"}""")).ExpectProblem(413, "payload-too-large");
    }

    private static Task<Answer> AddAsync(QueueCalls queue, string id, string token, string tasks, string more = "")
        => queue.PostAsync($"/tasks/{id}/children", $$"""{"leaseToken":"{{token}}","tasks":{{tasks}}{{more}}}""");

    private static Task<Answer> AskAsync(QueueCalls queue, string id, string token, string question, string? choices = null) => queue.PostAsync(
        $"/tasks/{id}/ask",
        $$"""{"leaseToken":"{{token}}","question":{{JsonSerializer.Serialize(question)}}{{(choices is null ? "" : $",\"choices\":{choices}")}}}""");

    /// <summary>Claims tasks and completes each with its id.</summary>
    private static async Task FinishAsync(QueueCalls queue, int count)
    {
        for (var done = 0; done < count; done++)
        {
            var (_, id, token) = await queue.TakeAsync();
            await queue.CompleteAsync(id, token, $"\"{id}\"");
        }
    }
}
