namespace TaskPlatform.Tests.Api;

/// <summary>A task's result counts when a task of its verifier's type has passed it.</summary>
public sealed class VerifierCallTests(SharedApi api)
{
    private const string Submit = """{"id":"t","type":"work","payload":{"question":6},"verifier":"check","backoff":{"initialSeconds":0,"maxSeconds":0}}""";

    [Fact]
    public async Task Complete_WithVerifier_WaitsAndIsCompletedWhenItPasses()
    {
        var queue = await api.QueueAsync();
        var (task, id, token) = await queue.StartTaskAsync(Submit);
        (await queue.SubmitAsync("""{"id":"d","type":"work","dependsOn":["t"]}""")).Expect(201);

        var waiting = await queue.CompleteAsync(id, token, "42");
        var again = await queue.CompleteAsync(id, token, "42");
        var why = (await queue.GetAsync("/tasks/t/why")).Expect(200);
        var noResult = await queue.GetAsync("/tasks/t/result");
        var (verifier, verifierId, verifierToken) = await queue.TakeAsync("""{"agentId":"judge","types":["check"]}""");
        await queue.CompleteAsync(verifierId, verifierToken, """{"pass":true,"score":0.75,"reason":"right"}""");
        var done = (await queue.GetAsync("/tasks/t?waitSeconds=60")).Expect(200);
        var (dependent, _, _) = await queue.TakeAsync();

        Assert.Equal("check", task.GetProperty("verifier").GetString());
        Assert.Equal(("waiting", waiting.Text), (waiting.State, again.Text));
        Assert.Equal(("""["t.verify.1"]""", """["t.verify.1"]"""), (waiting["waitingFor"].GetRawText(), why["waitingFor"].GetRawText()));
        Assert.False(waiting.Body.TryGetProperty("result", out _));
        Assert.Equal(("waiting", 204), (why["reason"].GetString(), noResult.Status));
        Assert.Equal(("t.verify.1", "t"), (verifierId, verifier.GetProperty("parentId").GetString()));
        Assert.Equal("""{"taskId":"t","type":"work","attempt":1,"payload":{"question":6}}""", verifier.GetProperty("payload").GetRawText());
        Assert.Equal("""{"t":42}""", verifier.GetProperty("inputs").GetRawText());
        Assert.Equal(("completed", 42), (done.State, done["result"].GetInt32()));
        Assert.Equal("""{"taskId":"t.verify.1","pass":true,"reason":"right","score":0.75}""", done["verdict"].GetRawText());
        Assert.Equal("""{"t":42}""", dependent.GetProperty("inputs").GetRawText());
    }

    [Fact]
    public async Task Complete_DoesNotPass_IsTriedAgainWithTheVerdict()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync(Submit);
        await queue.CompleteAsync(id, token, "41");
        var (_, verifierId, verifierToken) = await queue.TakeAsync("""{"agentId":"judge","types":["check"]}""");
        await queue.CompleteAsync(verifierId, verifierToken, """{"pass":false,"reason":"one short"}""");

        var (task, _, _) = await queue.TakeAsync("""{"agentId":"agent","types":["work"],"waitSeconds":60}""");

        Assert.Equal(2, task.GetProperty("attempt").GetInt32());
        Assert.Equal("verifier-rejected", task.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("""{"taskId":"t.verify.1","pass":false,"reason":"one short"}""", task.GetProperty("verdict").GetRawText());
        Assert.Equal("""{"t.verify.1":{"pass":false,"reason":"one short"}}""", task.GetProperty("inputs").GetRawText());
        Assert.Equal("failed", Assert.Single(task.GetProperty("attempts").EnumerateArray()).GetProperty("outcome").GetString());
        Assert.False(task.TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Schedule_WithVerifier_KeepsIt()
    {
        var queue = await api.QueueAsync();

        var schedule = (await queue.PutAsync("/schedules/nightly", """{"cron":"0 3 * * *","task":{"type":"work","verifier":"check"}}""")).Expect(201);

        Assert.Equal("check", schedule["task"].GetProperty("verifier").GetString());
    }
}
