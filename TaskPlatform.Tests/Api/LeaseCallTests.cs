using System.Globalization;
using System.Text.Json;

namespace TaskPlatform.Tests.Api;

/// <summary>Claim, heartbeat, complete, fail, release.</summary>
public sealed class LeaseCallTests(SharedApi api)
{
    [Fact]
    public async Task Claim_ReadyTask_GrantsItWithALease()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"type":"coding","leaseSeconds":12.5}""");

        var (task, _, token) = await queue.TakeAsync("""{"agentId":"coder","instanceId":"one","types":["coding"]}""");

        Assert.Equal(("assigned", 1, "coder"), (task.GetProperty("state").GetString(), task.GetProperty("attempt").GetInt32(), task.GetProperty("assignedAgent").GetString()));
        Assert.Matches("^[0-9a-f]{32}$", token);
        var lease = task.GetProperty("lease");
        Assert.Equal(12.5, lease.GetProperty("expiresInSeconds").GetDouble());
        Assert.InRange(lease.GetProperty("expiresAt").GetDateTimeOffset() - Started(task), TimeSpan.FromSeconds(12.5), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Claim_NothingThere_IsAnEmptyList()
    {
        var queue = await api.QueueAsync();

        Assert.Equal("""{"tasks":[]}""", (await queue.ClaimAsync()).Expect(200).Text);
        Assert.Equal("""{"tasks":[]}""", (await queue.ClaimAsync("""{"agentId":"agent","waitSeconds":0.1}""")).Expect(200).Text);
    }

    [Fact]
    public async Task Claim_WaitingWhenATaskComes_GetsIt()
    {
        var queue = await api.QueueAsync();
        var waiting = queue.ClaimAsync("""{"agentId":"patient","waitSeconds":60}""");
        await queue.UntilSeenAsync("patient");

        await queue.SubmitAsync("""{"id":"a","type":"coding"}""");

        Assert.Equal("a", Assert.Single((await waiting).Expect(200)["tasks"].EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Claim_CallerGone_LeavesTheTaskToOthersWithoutAnAttempt()
    {
        var queue = await api.QueueAsync();
        using var caller = new CancellationTokenSource();
        using var body = new StringContent("""{"agentId":"gone","waitSeconds":60}""", System.Text.Encoding.UTF8, "application/json");
        var waiting = queue.Http.PostAsync(queue.Path("/claims"), body, caller.Token);
        await queue.UntilSeenAsync("gone");

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await queue.SubmitAsync("""{"id":"a","type":"coding"}""");

        var (task, _, _) = await queue.TakeAsync("""{"agentId":"other","waitSeconds":60}""");
        Assert.Equal((1, 0), (task.GetProperty("attempt").GetInt32(), task.GetProperty("attempts").GetArrayLength()));
    }

    [Theory]
    [InlineData("""{"agentId":"agent","claimId":"c1"}""", null)]
    [InlineData("""{"agentId":"agent"}""", "key")]
    public async Task Claim_Repeated_GivesTheSameLeases(string claim, string? key)
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"type":"coding"}""");
        await queue.SubmitAsync("""{"type":"coding"}""");

        var first = (await queue.ClaimAsync(claim, key)).Expect(200);
        var second = (await queue.ClaimAsync(claim, key)).Expect(200);

        Assert.Equal(Tokens(first), Tokens(second));
        Assert.Single(Tokens(first));
    }

    [Fact]
    public async Task Claim_BadFields_NamesEach()
    {
        var queue = await api.QueueAsync();

        var answer = await queue.ClaimAsync("""{"instanceId":"","types":"coding","max":0,"waitSeconds":61,"leaseSeconds":0,"claimId":7,"who":1}""");

        Assert.Equal(
            ["agentId", "instanceId", "types", "max", "waitSeconds", "leaseSeconds", "claimId", "who"], answer.ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task Claim_Inputs_AreShownWhileSmallAndReferencesBeyond()
    {
        var queue = await api.QueueAsync();
        var ids = Enumerable.Range(0, 5).Select(index => $"in{index}").ToArray();
        foreach (var id in ids) await FinishAsync(queue, id, $"\"{new string('x', 250_000)}\"");
        await FinishAsync(queue, "small", """{"a":1}""");

        await queue.SubmitAsync("""{"id":"light","type":"sum","dependsOn":["small"]}""");
        await queue.SubmitAsync($$"""{"id":"heavy","type":"sum","dependsOn":["{{string.Join("\",\"", ids)}}"]}""");
        var (light, _, _) = await queue.TakeAsync();
        var (heavy, _, _) = await queue.TakeAsync();

        Assert.Equal("""{"small":{"a":1}}""", light.GetProperty("inputs").GetRawText());
        Assert.Equal($$"""{"href":"{{queue.Path("/tasks/in3/result")}}"}""", heavy.GetProperty("inputs").GetProperty("in3").GetRawText());
        Assert.Equal(5, heavy.GetProperty("inputs").EnumerateObject().Count());
    }

    [Fact]
    public async Task Heartbeat_WithNews_IsKeptAndProlongs()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();

        var beat = (await queue.PostAsync(
            $"/tasks/{id}/heartbeat",
            $$"""{"leaseToken":"{{token}}","progress":0.25,"message":"a quarter","checkpoint":{"at":3},"usage":{"tokens":10,"cost":0.5} }""")).Expect(200);
        var task = (await queue.GetAsync($"/tasks/{id}")).Expect(200);

        Assert.Equal(30, beat["expiresInSeconds"].GetDouble());
        Assert.True(beat["expiresAt"].GetDateTimeOffset() > Started(task.Body));
        Assert.Equal(("in_progress", 0.25, "a quarter"), (task.State, task["progress"].GetDouble(), task["message"].GetString()));
        Assert.Equal("""{"at":3}""", task["checkpoint"].GetRawText());
    }

    [Fact]
    public async Task Complete_Repeated_IsTheSameAnswerAndAnotherTokenRefused()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();
        var complete = $$"""{"leaseToken":"{{token}}","result":{"ok":true},"usage":{"tokens":1},"confidence":0.9}""";

        var first = (await queue.PostAsync($"/tasks/{id}/complete", complete)).Expect(200);
        var second = (await queue.PostAsync($"/tasks/{id}/complete", complete)).Expect(200);

        Assert.Equal(("completed", """{"ok":true}""", 1.0), (first.State, first["result"].GetRawText(), first["progress"].GetDouble()));
        Assert.Equal(first.Text, second.Text);
        (await queue.PostAsync($"/tasks/{id}/complete", """{"leaseToken":"0123456789abcdef0123456789abcdef"}""")).ExpectProblem(409, "task-finished");
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("ffffffffffffffffffffffffffffffff")]
    public async Task LeasedCalls_TokenOfNoLease_AreLeaseLost(string token)
    {
        var queue = await api.QueueAsync();
        var (_, id, _) = await queue.StartTaskAsync();

        foreach (var call in (string[])["heartbeat", "complete", "release"])
            (await queue.PostAsync($"/tasks/{id}/{call}", $$"""{"leaseToken":"{{token}}"}""")).ExpectProblem(409, "lease-lost");
        (await queue.PostAsync("/tasks/nobody/heartbeat", $$"""{"leaseToken":"{{token}}"}""")).ExpectProblem(404, "task-not-found");
    }

    [Fact]
    public async Task LeasedCalls_WithoutToken_NameIt()
    {
        var queue = await api.QueueAsync();
        var (_, id, _) = await queue.StartTaskAsync();

        foreach (var call in (string[])["heartbeat", "complete", "release"])
        {
            Assert.Equal(["leaseToken"], (await queue.PostAsync($"/tasks/{id}/{call}")).ExpectProblem(400, "invalid-request").Fields);
            Assert.Equal(["leaseToken"], (await queue.PostAsync($"/tasks/{id}/{call}", "{}")).ExpectProblem(400, "invalid-request").Fields);
        }
        Assert.Equal(["leaseToken", "error"], (await queue.PostAsync($"/tasks/{id}/fail", "{}")).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task Fail_Retryable_IsScheduledAndFinalFailed()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync("""{"type":"work","backoff":{"kind":"constant","initialSeconds":600}}""");
        var retried = (await queue.PostAsync($"/tasks/{id}/fail", Failure(token, "true"))).Expect(200);
        var (_, other, otherToken) = await queue.StartTaskAsync();
        var failed = (await queue.PostAsync($"/tasks/{other}/fail", Failure(otherToken, "false"))).Expect(200);

        Assert.Equal(("scheduled", "failed"), (retried.State, failed.State));
        Assert.Equal("""{"type":"timeout","message":"The model did not answer.","retryable":false}""", failed["error"].GetRawText());
        var attempt = Assert.Single(retried["attempts"].EnumerateArray());
        Assert.Equal(("agent", "failed", 1), (attempt.GetProperty("agentId").GetString(), attempt.GetProperty("outcome").GetString(), attempt.GetProperty("attempt").GetInt32()));
    }

    [Fact]
    public async Task Fail_WithRetryAfter_UsesNoAttempt()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync("""{"type":"work","maxAttempts":1}""");

        var deferred = (await queue.PostAsync(
            $"/tasks/{id}/fail", $$"""{"leaseToken":"{{token}}","error":{"type":"busy","message":""},"retryAfterSeconds":600}""")).Expect(200);

        Assert.Equal(("scheduled", 0), (deferred.State, deferred["attempt"].GetInt32()));
    }

    [Fact]
    public async Task Release_Leased_IsPendingAgainWithoutAnAttempt()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();

        var released = (await queue.PostAsync($"/tasks/{id}/release", $$"""{"leaseToken":"{{token}}"}""")).Expect(200);

        Assert.Equal(("pending", 0), (released.State, released["attempt"].GetInt32()));
        (await queue.PostAsync($"/tasks/{id}/heartbeat", $$"""{"leaseToken":"{{token}}"}""")).ExpectProblem(409, "lease-lost");
    }

    private static string Failure(string token, string retryable)
        => $$"""{"leaseToken":"{{token}}","error":{"type":"timeout","message":"The model did not answer.","retryable":{{retryable}} } }""";

    private static async Task FinishAsync(QueueCalls queue, string taskId, string result)
    {
        var (_, id, token) = await queue.StartTaskAsync($$"""{"id":"{{taskId}}","type":"work"}""");
        (await queue.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}","result":{{result}}}""")).Expect(200);
    }

    private static DateTimeOffset Started(JsonElement task) => DateTimeOffset.Parse(task.GetProperty("startedAt").GetString()!, CultureInfo.InvariantCulture);

    private static string[] Tokens(Answer claim)
        => [.. claim["tasks"].EnumerateArray().Select(task => task.GetProperty("lease").GetProperty("token").GetString()!)];
}
