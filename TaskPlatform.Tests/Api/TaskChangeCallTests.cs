using System.Globalization;
using System.Text.Json;

namespace TaskPlatform.Tests.Api;

/// <summary>Retry, change, delete, and why.</summary>
public sealed class TaskChangeCallTests(SharedApi api)
{
    [Fact]
    public async Task Retry_Failed_IsPendingAgainWithItsAttemptsCountedOn()
    {
        var queue = await api.QueueAsync();
        var id = await queue.FailedAsync("""{"type":"work","payload":{"p":1},"maxAttempts":1}""");

        var retried = (await queue.PostAsync($"/tasks/{id}/retry", "{}")).Expect(200);
        var (task, _, _) = await queue.TakeAsync();

        Assert.Equal(("pending", """{"p":1}"""), (retried.State, retried["payload"].GetRawText()));
        Assert.False(retried.Body.TryGetProperty("finishedAt", out _));
        Assert.Equal((2, 1), (task.GetProperty("attempt").GetInt32(), task.GetProperty("attempts").GetArrayLength()));
    }

    [Fact]
    public async Task Retry_OfWhatAFailureCancelled_RevivesTheDependents()
    {
        var queue = await api.QueueAsync();
        await queue.PostAsync("/graphs", """{"tasks":[{"id":"a","type":"work"},{"id":"b","type":"work","dependsOn":["a"]}]}""");
        var (_, id, token) = await queue.TakeAsync();
        await queue.FailAsync(id, token);
        Assert.Equal("a", (await queue.GetAsync("/tasks/b?waitSeconds=60")).Expect(200)["cancelledBy"].GetString());

        (await queue.PostAsync("/tasks/a/retry")).Expect(200);
        (_, id, token) = await queue.TakeAsync();
        await queue.CompleteAsync(id, token);

        Assert.Equal("b", (await queue.TakeAsync("""{"agentId":"agent","waitSeconds":60}""")).Id);
    }

    [Fact]
    public async Task Retry_OfOthers_ChangesNothingAndOfACompletedIsRefused()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();
        Assert.Equal("assigned", (await queue.PostAsync($"/tasks/{id}/retry")).Expect(200).State);
        await queue.CompleteAsync(id, token);

        (await queue.PostAsync($"/tasks/{id}/retry")).ExpectProblem(409, "task-finished");
        (await queue.PostAsync("/tasks/nobody/retry")).ExpectProblem(404, "task-not-found");
        Assert.Equal(["now"], (await queue.PostAsync($"/tasks/{id}/retry", """{"now":true}""")).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task Retry_SameKey_IsCarriedOutOnce()
    {
        var queue = await api.QueueAsync();
        var id = await queue.FailedAsync();
        (await queue.PostAsync($"/tasks/{id}/retry", "{}", "key")).Expect(200);
        var (_, _, token) = await queue.TakeAsync();
        await queue.FailAsync(id, token);

        Assert.Equal("failed", (await queue.PostAsync($"/tasks/{id}/retry", "{}", "key")).Expect(200).State);
    }

    [Fact]
    public async Task Patch_PriorityDateAndLabels_AreAsTold()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"id":"a","type":"work","labels":{"keep":"1","change":"2","drop":"3"}}""");

        var patched = (await queue.PatchAsync(
            "/tasks/a", """{"priority":"critical","notBefore":"2100-01-01T00:00:00Z","labels":{"change":"x","drop":null,"new":"y"}}""")).Expect(200);
        var back = (await queue.PatchAsync("/tasks/a", """{"notBefore":null}""")).Expect(200);

        Assert.Equal(("scheduled", "critical", "2100-01-01T00:00:00Z"), (patched.State, patched["priority"].GetString(), patched["notBefore"].GetString()));
        Assert.Equal("""{"change":"x","keep":"1","new":"y"}""", patched["labels"].GetRawText());
        Assert.Equal(("pending", "critical"), (back.State, back["priority"].GetString()));
        Assert.False(back.Body.TryGetProperty("notBefore", out _));
        Assert.Equal("""{"change":"x","keep":"1","new":"y"}""", back["labels"].GetRawText());
    }

    [Fact]
    public async Task Patch_WithNothing_ChangesNothing()
    {
        var queue = await api.QueueAsync();
        var before = (await queue.SubmitAsync("""{"id":"a","type":"work","notBefore":"2100-01-01T00:00:00Z","labels":{"l":"v"}}""")).Expect(201);

        Assert.Equal(before.Text, (await queue.PatchAsync("/tasks/a", "{}")).Expect(200).Text);
    }

    [Theory]
    [InlineData("""{"priority":"urgent"}""", "priority")]
    [InlineData("""{"notBefore":"tomorrow"}""", "notBefore")]
    [InlineData("""{"notBefore":7}""", "notBefore")]
    [InlineData("""{"labels":["l"]}""", "labels")]
    [InlineData("""{"labels":{"l":1}}""", "labels.l")]
    [InlineData("""{"labels":{"a b":null}}""", "labels.a b")]
    [InlineData("""{"type":"other"}""", "type")]
    [InlineData("""[]""", "body")]
    public async Task Patch_BadField_NamesIt(string patch, string field)
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"id":"a","type":"work"}""");

        Assert.Equal([field], (await queue.PatchAsync("/tasks/a", patch)).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task Patch_MoreLabelsThanATaskMayHave_IsRefused()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync($$"""{"id":"a","type":"work","labels":{ {{Labels(0, 32)}} } }""");

        var answer = await queue.PatchAsync("/tasks/a", $$"""{"labels":{ {{Labels(32, 1)}} } }""");
        Assert.Equal(["labels"], answer.ExpectProblem(400, "invalid-request").Fields);
        (await queue.PatchAsync("/tasks/a", $$"""{"labels":{"l0":null,{{Labels(32, 1)}} } }""")).Expect(200);

        static string Labels(int first, int count) => string.Join(',', Enumerable.Range(first, count).Select(index => $"\"l{index}\":\"v\""));
    }

    [Fact]
    public async Task Patch_FinishedOrUnknown_IsRefused()
    {
        var queue = await api.QueueAsync();
        var id = await queue.FailedAsync();

        (await queue.PatchAsync($"/tasks/{id}", """{"priority":"low"}""")).ExpectProblem(409, "task-finished");
        (await queue.PatchAsync("/tasks/nobody", """{"priority":"low"}""")).ExpectProblem(404, "task-not-found");
    }

    [Fact]
    public async Task Delete_Finished_Is204AndThenPurgedEverywhere()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync("""{"id":"a","type":"work"}""");
        (await queue.DeleteAsync("/tasks/a")).ExpectProblem(409, "task-unfinished");
        await queue.CompleteAsync(id, token);

        Assert.Empty((await queue.DeleteAsync("/tasks/a")).Expect(204).Text);

        (await queue.DeleteAsync("/tasks/a")).ExpectProblem(410, "task-purged");
        (await queue.GetAsync("/tasks/a")).ExpectProblem(410, "task-purged");
        (await queue.GetAsync("/tasks/a/result")).ExpectProblem(410, "task-purged");
        (await queue.GetAsync("/tasks/a/why")).ExpectProblem(410, "task-purged");
        (await queue.SubmitAsync("""{"id":"a","type":"work"}""")).ExpectProblem(410, "task-purged");
        (await queue.SubmitAsync("""{"type":"work","dependsOn":["a"]}""")).ExpectProblem(410, "task-purged");
        (await queue.PostAsync("/tasks/a/complete", $$"""{"leaseToken":"{{token}}"}""")).ExpectProblem(410, "task-purged");
        (await queue.PostAsync("/tasks/a/retry")).ExpectProblem(410, "task-purged");
        Assert.Empty((await queue.GetAsync("/tasks")).Expect(200)["tasks"].EnumerateArray());
        (await queue.DeleteAsync("/tasks/nobody")).ExpectProblem(404, "task-not-found");
    }

    [Fact]
    public async Task Delete_NeededByAnUnfinished_IsRefused()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync("""{"id":"a","type":"work"}""");
        await queue.SubmitAsync("""{"id":"b","type":"work","dependsOn":["a"]}""");
        await queue.CompleteAsync(id, token);

        (await queue.DeleteAsync("/tasks/a")).ExpectProblem(409, "task-unfinished");
        await queue.PostAsync("/tasks/b/cancel");

        (await queue.DeleteAsync("/tasks/a")).Expect(204);
    }

    [Fact]
    public async Task Why_InEachState_SaysTheReason()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"id":"a","type":"work","capabilities":["gpu"]}""");
        await queue.SubmitAsync("""{"id":"b","type":"work","dependsOn":["a"]}""");
        await queue.SubmitAsync("""{"id":"c","type":"work","notBefore":"2100-01-01T00:00:00Z"}""");
        await queue.PutAsync("/agents/weak", """{"capabilities":["work"]}""");

        var none = await WhyAsync(queue, "a");
        await queue.PutAsync("/agents/strong", """{"capabilities":["work","gpu"]}""");
        await queue.PostAsync("/pause", """{"types":["work"]}""");
        await queue.ClaimAsync("""{"agentId":"strong"}"""); // an agent is there once it has asked
        var paused = await WhyAsync(queue, "a");
        await queue.PostAsync("/resume");
        var ready = await WhyAsync(queue, "a");
        await queue.TakeAsync("""{"agentId":"strong"}""");
        var running = await WhyAsync(queue, "a");
        await queue.PostAsync("/tasks/c/cancel");

        Assert.Equal(
            ["no-agent", "ready", "paused", "running", "blocked", "finished"],
            [Reason(none), Reason(ready), Reason(paused), Reason(running), Reason(await WhyAsync(queue, "b")), Reason(await WhyAsync(queue, "c"))]);
        Assert.Equal(1, ready.GetProperty("position").GetInt32());
        var fits = ready.GetProperty("agents").EnumerateArray().ToDictionary(fit => fit.GetProperty("agentId").GetString()!, fit => fit.GetProperty("eligible").GetBoolean());
        Assert.Equal((true, false), (fits["strong"], fits["weak"]));
        Assert.NotEmpty(ready.GetProperty("agents")[0].GetProperty("because").GetString()!);
        Assert.Equal("""["a"]""", (await WhyAsync(queue, "b")).GetProperty("waitingFor").GetRawText());
        (await queue.GetAsync("/tasks/nobody/why")).ExpectProblem(404, "task-not-found");
    }

    [Fact]
    public async Task Why_BehindALimit_NamesTheKey()
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("", """{"concurrency":{"c*":1},"rates":{"r":{"count":1,"perSeconds":600}}}""");
        await queue.SubmitAsync("""{"type":"work","concurrencyKey":"c1"}""");
        await queue.SubmitAsync("""{"type":"work","rateLimitKey":"r"}""");
        await queue.SubmitAsync("""{"id":"a","type":"work","concurrencyKey":"c1"}""");
        await queue.SubmitAsync("""{"id":"b","type":"work","rateLimitKey":"r"}""");

        Assert.Equal(2, (await queue.ClaimAsync("""{"agentId":"agent","max":4}""")).Expect(200)["tasks"].GetArrayLength());
        var (concurrency, rate) = (await WhyAsync(queue, "a"), await WhyAsync(queue, "b"));

        Assert.Equal(("concurrency", """["c1"]"""), (Reason(concurrency), concurrency.GetProperty("waitingFor").GetRawText()));
        Assert.Equal(("rate", """["r"]"""), (Reason(rate), rate.GetProperty("waitingFor").GetRawText()));
        var expected = DateTimeOffset.Parse(rate.GetProperty("expectedStart").GetString()!, CultureInfo.InvariantCulture);
        Assert.InRange(expected, DateTimeOffset.UtcNow.AddSeconds(500), DateTimeOffset.UtcNow.AddSeconds(601));
    }

    [Fact]
    public async Task Why_Waiting_SaysForWhat()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();
        await queue.PostAsync($"/tasks/{id}/ask", $$"""{"leaseToken":"{{token}}","question":"Deploy?"}""");

        var why = await WhyAsync(queue, id);

        Assert.Equal(("waiting", "waiting"), (Reason(why), why.GetProperty("state").GetString()));
        Assert.Contains("Deploy?", why.GetProperty("text").GetString());
    }

    private static async Task<JsonElement> WhyAsync(QueueCalls queue, string id) => (await queue.GetAsync($"/tasks/{id}/why")).Expect(200).Body;

    private static string? Reason(JsonElement why) => why.GetProperty("reason").GetString();
}
