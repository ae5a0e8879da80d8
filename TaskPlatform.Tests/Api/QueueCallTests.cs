using System.Text.Json;

namespace TaskPlatform.Tests.Api;

/// <summary>Queues and agents.</summary>
public sealed class QueueCallTests(SharedApi api)
{
    [Fact]
    public async Task GetQueue_NeverUsed_IsNotFoundAndOnceUsedCounted()
    {
        var queue = await api.QueueAsync();
        (await queue.GetAsync()).ExpectProblem(404, "queue-not-found");
        await queue.StartTaskAsync();
        await queue.SubmitAsync("""{"type":"work"}""");

        var info = (await queue.GetAsync()).Expect(200);

        Assert.Equal(queue.Queue, info["name"].GetString());
        Assert.Equal(
            """{"pending":1,"assigned":1,"in_progress":0,"completed":0,"failed":0,"cancelled":0,"scheduled":0,"blocked":0,"waiting":0}""",
            info["counts"].GetRawText());
        Assert.Equal(
            """{"durability":"durable","policy":"fifo","ageingSeconds":600,"retention":{"ageSeconds":604800,"count":1000000},"""
            + """ "concurrency":{},"rates":{},"fairness":{},"budgets":{},"limits":{},"matching":{"capability":50,"priority":{"critical":40,"high":25,"medium":10,"low":5},"load":5,"success":20,"speed":10,"speedTypes":["quick_analysis","simple_qa"],"cost":0,"patienceSeconds":60}}""".TrimStart(),
            info["settings"].GetRawText());
        Assert.True(info["oldestPendingSeconds"].GetDouble() >= 0);
    }

    [Fact]
    public async Task ListQueues_AfterUse_HoldsTheQueueWithoutSettings()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"type":"work"}""");

        var list = (await queue.SendAsync(HttpMethod.Get, "/v1/queues", null)).Expect(200);

        var info = Assert.Single(list["queues"].EnumerateArray(), info => info.GetProperty("name").GetString() == queue.Queue);
        Assert.Equal(1, info.GetProperty("counts").GetProperty("pending").GetInt32());
        Assert.False(info.TryGetProperty("settings", out _));
    }

    [Theory]
    [InlineData("""{"ageingSeconds":90}""", 90)]
    [InlineData("""{"ageingSeconds":0}""", 0)]
    [InlineData("""{"durability":"durable","policy":"fifo"}""", 600)]
    [InlineData("""{}""", 600)]
    public async Task PutQueue_Settings_StandAndTheRestStays(string settings, double ageing)
    {
        var queue = await api.QueueAsync();

        (await queue.PutAsync("", settings)).Expect(200);
        await queue.SubmitAsync("""{"type":"work"}""");
        await queue.TakeAsync();

        Assert.Equal(ageing, (await queue.GetAsync()).Expect(200)["settings"].GetProperty("ageingSeconds").GetDouble());
    }

    [Fact]
    public async Task Pause_OneTypeOrAll_HandsNoneOutUntilResumed()
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"id":"a","type":"slow"}""");

        var one = (await queue.PostAsync("/pause", """{"types":["slow"]}""")).Expect(200);
        Assert.Equal("""{"tasks":[]}""", (await queue.ClaimAsync()).Text);
        (await queue.PostAsync("/resume", """{"types":["slow"]}""")).Expect(200);
        var all = (await queue.PostAsync("/pause")).Expect(200);
        Assert.Equal("""{"tasks":[]}""", (await queue.ClaimAsync()).Text);
        (await queue.PostAsync("/resume")).Expect(200);

        Assert.Equal("""["slow"]""", one["pausedTypes"].GetRawText());
        Assert.Equal((false, true), (one["paused"].GetBoolean(), all["paused"].GetBoolean()));
        await queue.TakeAsync();
    }

    [Fact]
    public async Task Agents_RegisteredAndSeen_AreListedByInstance()
    {
        var queue = await api.QueueAsync();
        var registered = (await queue.PutAsync("/agents/coder", """{"capabilities":["coding","csharp"],"maxConcurrency":2}""")).Expect(200);
        await queue.SubmitAsync("""{"type":"coding","capabilities":["csharp"]}""");
        await queue.TakeAsync("""{"agentId":"coder","instanceId":"one"}""");
        await queue.ClaimAsync("""{"agentId":"coder","instanceId":"two"}""");
        await queue.ClaimAsync("""{"agentId":"stranger"}""");

        var rows = (await queue.GetAsync("/agents")).Expect(200)["agents"].EnumerateArray().ToArray();

        Assert.Equal(("coder", 2, 0), (registered["agentId"].GetString(), registered["maxConcurrency"].GetInt32(), registered["load"].GetInt32()));
        Assert.Equal(["coder one 1", "coder two 0", "stranger - 0"], rows.Select(Row));
        Assert.Equal("""["coding","csharp"]""", rows[0].GetProperty("capabilities").GetRawText());
        Assert.False(rows[0].TryGetProperty("successRate", out _));
    }

    [Fact]
    public async Task Agents_ThatWorked_AreListedWithTheirFiguresByType()
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("/agents/agent", """{"capabilities":["general"],"speedClass":"fast","costPerToken":0.5}""");
        var (_, id, token) = await queue.StartTaskAsync("""{"type":"coding"}""");
        await queue.CompleteAsync(id, token, "7");

        var agent = (await queue.GetAsync("/agents")).Expect(200)["agents"][0];

        Assert.Equal(("fast", 0.5), (agent.GetProperty("speedClass").GetString(), agent.GetProperty("costPerToken").GetDouble()));
        Assert.Equal((1, 1), (agent.GetProperty("types").GetProperty("coding").GetProperty("totalTasks").GetInt32(), agent.GetProperty("types").GetProperty("coding").GetProperty("successRate").GetInt32()));
    }

    [Theory]
    [InlineData("", "fast", 0.5)]
    [InlineData(""","speedClass":"slow" """, "slow", 0.5)]
    [InlineData(""","costPerToken":2 """, "fast", 2)]
    public async Task RegisterAgent_Again_LeavesWhatItDoesNotSay(string said, string speed, double cost)
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("/agents/agent", """{"capabilities":["general"],"speedClass":"fast","costPerToken":0.5}""");

        var agent = (await queue.PutAsync("/agents/agent", $$"""{"capabilities":["general"]{{said}}}""")).Expect(200);

        Assert.Equal((speed, cost), (agent["speedClass"].GetString(), agent["costPerToken"].GetDouble()));
    }

    [Fact]
    public async Task Drain_Agent_GetsNothingUntilItRegistersAgain()
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("/agents/coder", """{"capabilities":["general"]}""");
        await queue.SubmitAsync("""{"type":"coding"}""");

        var drained = (await queue.PostAsync("/agents/coder/drain")).Expect(200);
        Assert.Equal("""{"tasks":[]}""", (await queue.ClaimAsync("""{"agentId":"coder"}""")).Text);
        await queue.PutAsync("/agents/coder", """{"capabilities":["general"]}""");

        Assert.True(drained["draining"].GetBoolean());
        await queue.TakeAsync("""{"agentId":"coder"}""");
        (await queue.PostAsync("/agents/nobody/drain")).ExpectProblem(404, "agent-not-found");
    }

    [Fact]
    public async Task Remove_Agent_GivesBackWhatItHoldsAndIsForgotten()
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("/agents/agent", """{"capabilities":["general"]}""");
        var (_, id, token) = await queue.StartTaskAsync();

        (await queue.DeleteAsync("/agents/agent")).Expect(204);

        Assert.Equal("""{"agents":[]}""", (await queue.GetAsync("/agents")).Text);
        var task = await queue.GetAsync($"/tasks/{id}");
        Assert.Equal(("pending", 0), (task.State, task["attempt"].GetInt32()));
        (await queue.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}"}""")).ExpectProblem(409, "lease-lost");
        (await queue.DeleteAsync("/agents/agent")).ExpectProblem(404, "agent-not-found");
        await queue.TakeAsync("""{"agentId":"other"}""");
    }

    [Fact]
    public async Task Remove_AgentThatWaits_IsToldAtOnce()
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("/agents/agent", """{"capabilities":["general"]}""");
        var waiting = queue.ClaimAsync("""{"agentId":"agent","instanceId":"one","waitSeconds":60}""");
        await queue.UntilSeenAsync("agent");

        (await queue.DeleteAsync("/agents/agent")).Expect(204);

        (await waiting).ExpectProblem(404, "agent-not-found");
    }

    [Fact]
    public async Task RegisterAgent_BadFields_NamesEach()
    {
        var queue = await api.QueueAsync();

        var answer = await queue.PutAsync("/agents/a%20b", """{"maxConcurrency":0,"load":1}""");

        Assert.Equal(["agentId", "capabilities", "maxConcurrency", "load"], answer.ExpectProblem(400, "invalid-request").Fields.Order(StringComparer.Ordinal).OrderBy(Place));

        static int Place(string field) => Array.IndexOf(["agentId", "capabilities", "maxConcurrency", "load"], field);
    }

    private static string Row(JsonElement agent)
        => $"{agent.GetProperty("agentId").GetString()} {(agent.TryGetProperty("instanceId", out var id) ? id.GetString() : "-")} {agent.GetProperty("load").GetInt32()}";
}
