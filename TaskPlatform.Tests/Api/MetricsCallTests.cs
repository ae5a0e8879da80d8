using System.Text.Json;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;
using TaskPlatform.Tests.Client;

namespace TaskPlatform.Tests.Api;

/// <summary>What a queue says of itself over HTTP.</summary>
public sealed class MetricsCallTests(SharedApi api)
{
    private const string NoDurations = """{"mean":null,"p50":null,"p95":null,"p99":null}""";

    [Fact]
    public async Task GetMetrics_NeverUsedQueue_IsNotFound()
        => (await (await api.QueueAsync()).GetAsync("/metrics")).ExpectProblem(404, "queue-not-found");

    [Fact]
    public async Task GetMetrics_QueueWithoutTasks_HasNullsForWhatNothingSpeaksFor()
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("", "{}");

        var metrics = (await queue.GetAsync("/metrics")).Expect(200);

        Assert.Equal((0, 3_600), (metrics["totalTasks"].GetInt64(), metrics["windowSeconds"].GetDouble()));
        Assert.Equal("""{"critical":0,"high":0,"medium":0,"low":0}""", metrics["tasksByPriority"].GetRawText());
        Assert.Equal(
            """{"pending":0,"assigned":0,"in_progress":0,"completed":0,"failed":0,"cancelled":0,"scheduled":0,"blocked":0,"waiting":0}""",
            metrics["tasksByStatus"].GetRawText());
        foreach (var name in (string[])["queueTime", "completionTime", "assignmentLatency"]) Assert.Equal(NoDurations, metrics[name].GetRawText());
        foreach (var name in (string[])["errorRate", "completionRate", "coordinationOverhead"]) Assert.Equal(JsonValueKind.Null, metrics[name].ValueKind);
        Assert.Equal("""{"overall":null}""", metrics["agentUtilization"].GetRawText());
        Assert.Equal("[]", metrics["history"].GetRawText());
        Assert.InRange(metrics["timestamp"].GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task GetMetrics_AfterSomeLives_TellsThem()
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("/agents/coder", """{"capabilities":["general"],"maxConcurrency":2}""");
        foreach (var priority in (string[])["critical", "low"]) await queue.SubmitAsync($$"""{"id":"{{priority}}","type":"work","priority":"{{priority}}"}""");
        var (_, first, firstToken) = await queue.TakeAsync("""{"agentId":"coder"}""");
        await queue.CompleteAsync(first, firstToken);
        var (_, second, secondToken) = await queue.TakeAsync("""{"agentId":"coder"}""");
        await queue.FailAsync(second, secondToken);

        var metrics = (await queue.GetAsync("/metrics?window=5m")).Expect(200);

        Assert.Equal(("critical", 2), (first, metrics["totalTasks"].GetInt64()));
        Assert.Equal((1, 1), (metrics["tasksByStatus"].GetProperty("completed").GetInt32(), metrics["tasksByStatus"].GetProperty("failed").GetInt32()));
        Assert.Equal("""{"critical":1,"high":0,"medium":0,"low":1}""", metrics["tasksByPriority"].GetRawText());
        Assert.Equal((0.5, 0.5, 300), (metrics["errorRate"].GetDouble(), metrics["completionRate"].GetDouble(), metrics["windowSeconds"].GetDouble()));
        Assert.True(metrics["throughputPerHour"].GetDouble() > 0);
        Assert.InRange(metrics["assignmentLatency"].GetProperty("p99").GetDouble(), 1e-6, 10);
        Assert.InRange(metrics["agentUtilization"].GetProperty("coder").GetDouble(), 0, 1);
        Assert.Equal(metrics["agentUtilization"].GetProperty("overall").GetDouble(), metrics["agentUtilization"].GetProperty("coder").GetDouble());
    }

    [Theory]
    [InlineData("5m", 300)]
    [InlineData("7m", 420)]
    [InlineData("1h", 3_600)]
    [InlineData("24h", 86_400)]
    [InlineData("1440m", 86_400)]
    [InlineData("1d", 86_400)]
    public async Task GetMetrics_Window_IsTaken(string window, double seconds)
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("", "{}");

        Assert.Equal(seconds, (await queue.GetAsync($"/metrics?window={window}")).Expect(200)["windowSeconds"].GetDouble());
    }

    [Theory]
    [InlineData("window=4m")]
    [InlineData("window=0m")]
    [InlineData("window=25h")]
    [InlineData("window=2d")]
    [InlineData("window=1441m")]
    [InlineData("window=-5m")]
    [InlineData("window=5")]
    [InlineData("window=m")]
    [InlineData("window=5M")]
    [InlineData("window=1.5h")]
    [InlineData("window=5m%0A")]
    [InlineData("window=%D9%A5m")]
    [InlineData("window=99999999999999999999m")]
    [InlineData("window=5m&window=1h")]
    public async Task GetMetrics_BadWindow_IsRefusedByName(string query)
    {
        var queue = await api.QueueAsync();
        await queue.PutAsync("", "{}");

        Assert.Equal(["window"], (await queue.GetAsync($"/metrics?{query}")).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task GetMetrics_UnknownParameter_IsRefusedByName()
        => Assert.Equal(["step"], (await (await api.QueueAsync()).GetAsync("/metrics?step=1")).ExpectProblem(400, "invalid-request").Fields);

    [Fact]
    public async Task Client_GetMetrics_ReadsWhatTheServiceWrites()
    {
        var queue = await api.QueueAsync();
        await queue.StartTaskAsync();
        await using var caller = RealAgent.None((await api.HostAsync()).Address.Http);

        var metrics = await caller.Client.GetMetricsAsync(queue.Queue, TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);

        Assert.Equal((1, 1, 300, 0), (metrics.TotalTasks, metrics.TasksByStatus["assigned"], metrics.WindowSeconds, metrics.History.Count));
        Assert.True(metrics.QueueTime.P50 >= 0);
        Assert.Null(metrics.CompletionTime.P50);
        Assert.Equal(1, metrics.AgentUtilization["agent"]);
    }
}
