using System.Text.Json;

namespace TaskPlatform.Tests.Benchmarks;

/// <summary>The measurements, as they are run by hand, but with few tasks: all of it works, whatever the figures are.</summary>
public sealed class QuickMeasurementTests
{
    [Theory]
    [InlineData("limit", 1_000, 0)]
    [InlineData("lifecycle", 1_000, 0)]
    [InlineData("lifecycle --handlers", 1_000, 0)]
    [InlineData("lifecycle --http", 1_000, 0)]
    [InlineData("lifecycle --http --batch 50", 1_000, 0)]
    [InlineData("lifecycle --telemetry on", 1_000, 0)]
    [InlineData("peer hangfire", 300, 50)]
    [InlineData("peer bullmq", 300, 50)]
    public async Task Run_Quick_TellsFiguresAndFacts(string command, int tasks, int timed)
    {
        var figures = await BenchmarkProgram.TellAsync($"{command} --quick", mayLackPeer: command == "peer bullmq");

        Assert.Equal(tasks, figures.GetProperty("tasks").GetInt32());
        Assert.InRange(figures.GetProperty("livesPerSecond").GetDouble(), 1, 10_000_000);
        AssertFacts(figures);
        if (timed == 0) Assert.False(figures.TryGetProperty("latency", out _));
        else AssertLatency(figures.GetProperty("latency"), timed);
    }

    [Fact]
    public async Task Run_QuickLatency_CompletionsAreAcknowledgedAfterHandlersStart()
    {
        var figures = await BenchmarkProgram.TellAsync("latency --quick");

        AssertFacts(figures);
        var (started, acknowledged) = (figures.GetProperty("latency"), figures.GetProperty("acknowledged"));
        AssertLatency(started, 50);
        AssertLatency(acknowledged, 50);
        double[] assigned = [.. ((string[])["P50", "P95", "P99"]).Select(name => Of(figures, $"assignmentLatency{name}"))];
        Assert.Equal(assigned.Order(), assigned);
        // The service's part is no more than what is seen from outside. Its percentiles are at most a hundredth too high.
        Assert.InRange(assigned[0], 0, 1.01 * started.GetProperty("p50").GetDouble() + 1);
        Assert.All((string[])["p50", "p99", "max"], name => Assert.True(acknowledged.GetProperty(name).GetDouble() >= started.GetProperty(name).GetDouble()));
    }

    [Fact]
    public async Task Run_QuickFanout_GraphIsSubmittedAndThenDone()
    {
        var figures = await BenchmarkProgram.TellAsync("fanout --quick");

        AssertFacts(figures);
        Assert.Equal(1_000, figures.GetProperty("tasks").GetInt32());
        Assert.InRange(Of(figures, "submitSeconds"), 0.001, Of(figures, "doneSeconds"));
        Assert.Equal(1_000 / Of(figures, "doneSeconds"), figures.GetProperty("livesPerSecond").GetDouble(), tolerance: 0.01);
    }

    [Fact]
    public async Task Run_QuickRecovery_AgentsGoOnWithWhatTheyHeld()
    {
        var figures = await BenchmarkProgram.TellAsync("recovery --quick");

        AssertFacts(figures);
        // What waited, what ran, and one that is left to be granted to somebody else.
        Assert.Equal(1_000 + 40 + 1, figures.GetProperty("tasks").GetInt32());
        Assert.Equal((1_000, 40, 0), (Of(figures, "pending"), Of(figures, "running"), Of(figures, "repeated")));
        Assert.All((string[])["healthySeconds", "grantedSeconds", "agentsGoOnSeconds"], name => Assert.InRange(Of(figures, name), 0.01, 240));
        Assert.InRange(Of(figures, "doneSeconds"), Of(figures, "agentsGoOnSeconds"), 240);
    }

    [Fact]
    public async Task Run_QuickIdle_TellsWhatAnAgentTakes()
    {
        var figures = await BenchmarkProgram.TellAsync("idle --quick");

        AssertFacts(figures);
        Assert.Equal(50, Of(figures, "agents"));
        Assert.InRange(Of(figures, "processorPercent"), 0, 100 * Environment.ProcessorCount);
        // A stream of HTTP/2 is some objects and buffers at least, and not the whole heap of the service.
        Assert.InRange(Of(figures, "heapKilobytesPerAgent"), 1, 500);
    }

    [Fact]
    public async Task Run_QuickSlots_TellsWhatHandlersAndWhatTheServiceSee()
    {
        var figures = await BenchmarkProgram.TellAsync("slots --quick");

        AssertFacts(figures);
        Assert.All((string[])["busyPercent", "busyPercentWithWarmUp", "utilizationPercent"], name => Assert.InRange(Of(figures, name), 1, 100));
        Assert.Equal(Of(figures, "utilizationPercent") - Of(figures, "busyPercentWithWarmUp"), Of(figures, "differencePercent"), tolerance: 0.001);
        // Each task takes a tenth of a second in one of eight slots.
        Assert.InRange(figures.GetProperty("livesPerSecond").GetDouble(), 1, 8 / 0.1);
    }

    [Theory]
    [InlineData("bullmq", true)]
    [InlineData("hangfire", true)]
    [InlineData("telemetry", false)]
    public async Task Run_QuickComparison_TellsBothAndTheirRatio(string with, bool hasLatency)
    {
        var found = await BenchmarkProgram.TellAsync($"compare {with} --quick", mayLackPeer: with == "bullmq");

        var round = Assert.Single(found.GetProperty("rounds").EnumerateArray());
        var (one, other) = (round.GetProperty("one"), round.GetProperty("other"));
        AssertFacts(one);
        AssertFacts(other);
        Assert.Equal(Lives(one) / Lives(other), Ratio(found, "livesPerSecond"), tolerance: 0.0001);
        Assert.Equal(hasLatency, found.GetProperty("compared").TryGetProperty("p99", out _));
        if (hasLatency) Assert.Equal(Tail(one) / Tail(other), Ratio(found, "p99"), tolerance: 0.0001);
    }

    [Theory]
    [InlineData("limit --quick --json --redis 127.0.0.1:1", "127.0.0.1:1")]
    [InlineData("lifecycle --quick --json --telemetry on", "eng/get-dashboard.sh")]
    public async Task Run_WhereSomethingIsMissing_EndsWithTwoAndSaysWhat(string command, string said)
    {
        var ran = await BenchmarkProgram.ExecuteAsync(command, ("ASPIRE_DASHBOARD_PATH", "/nowhere"));

        Assert.Equal(BenchmarkProgram.MissingProgram, ran.ExitCode);
        Assert.Empty(ran.StandardOutput);
        Assert.Contains(said, ran.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CoordinationTwice_TellsTheSameOfEveryPolicy()
    {
        var first = await BenchmarkProgram.ExecuteAsync("coordination --quick");
        var second = await BenchmarkProgram.ExecuteAsync("coordination --quick");

        Assert.True(first.IsSuccess, first.StandardError);
        Assert.All((string[])["fifo", "score", "learned", "clairvoyant"], policy => Assert.Contains($"{policy} ", first.StandardOutput, StringComparison.Ordinal));
        Assert.DoesNotContain("NaN", first.StandardOutput, StringComparison.Ordinal);
        Assert.Equal(first.StandardOutput, second.StandardOutput);
    }

    [Fact]
    public async Task Run_RoutingTwice_TellsTheSameOfEveryStrategy()
    {
        var first = await BenchmarkProgram.ExecuteAsync("routing --quick");
        var second = await BenchmarkProgram.ExecuteAsync("routing --quick");

        Assert.True(first.IsSuccess, first.StandardError);
        Assert.All(
            (string[])["Best", "Cheapest", "Random", "Oracle", "RouteByVerifier", "RouteByConfidence"], strategy => Assert.Contains($"{strategy} ", first.StandardOutput, StringComparison.Ordinal));
        Assert.DoesNotContain("NaN", first.StandardOutput, StringComparison.Ordinal);
        Assert.Equal(first.StandardOutput, second.StandardOutput);
    }

    [Fact]
    public async Task Run_QuickFederation_EveryPolicyWaitsAndTheRecommendedWaitsLessThanRandom()
    {
        var found = await BenchmarkProgram.TellAsync("federation --quick");

        var p95 = found.GetProperty("uneven").EnumerateArray().ToDictionary(line => line.GetProperty("key").GetString()!, line => line.GetProperty("p95").GetProperty("mean").GetDouble());
        Assert.Equal(13, p95.Count);
        Assert.All(p95.Values, wait => Assert.InRange(wait, 0.01, 1_000));
        Assert.InRange(p95["recommended"], p95["single"] / 2, p95["random"]);
        Assert.InRange(p95["random"], 0.01, p95["isolated"]);
        Assert.All(found.GetProperty("checks").EnumerateArray(), check => Assert.InRange(
            check.GetProperty("found").GetProperty("mean").GetDouble() / check.GetProperty("expected").GetDouble(), 0.5, 2));
        Assert.Equal(6, found.GetProperty("goals").GetArrayLength());
    }

    private static void AssertFacts(JsonElement figures)
    {
        Assert.Equal("appendonly yes, appendfsync everysec", figures.GetProperty("facts").GetProperty("fsync").GetString());
        Assert.Equal($"{Environment.ProcessorCount}", figures.GetProperty("facts").GetProperty("cores").GetString());
    }

    private static void AssertLatency(JsonElement latency, int samples)
    {
        Assert.Equal(samples, latency.GetProperty("samples").GetInt32());
        double[] rising = [.. ((string[])["p50", "p90", "p99", "p999", "max"]).Select(name => latency.GetProperty(name).GetDouble())];
        Assert.Equal(rising.Order(), rising);
        Assert.InRange(rising[0], 0.001, double.MaxValue);
    }

    private static double Of(JsonElement figures, string name) => figures.GetProperty("figures").GetProperty(name).GetDouble();

    private static double Lives(JsonElement figures) => figures.GetProperty("livesPerSecond").GetDouble();

    private static double Tail(JsonElement figures) => figures.GetProperty("latency").GetProperty("p99").GetDouble();

    private static double Ratio(JsonElement found, string name) => found.GetProperty("compared").GetProperty(name).GetProperty("ratio").GetDouble();
}
