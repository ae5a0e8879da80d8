using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;

namespace TaskPlatform.Tests.Benchmarks;

/// <summary>The measurements beside others, as they are run by hand, but with few tasks: all of it works, whatever the figures are.</summary>
public sealed class QuickMeasurementTests
{
    private const int MissingProgram = 2;

    // The build puts it beside the tests, in a folder of the same configuration. It is run as a program: nothing here refers to it.
    private static string Program { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "TaskPlatform.Benchmarks", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
        "TaskPlatform.Benchmarks.dll"));

    [Theory]
    [InlineData("limit", 1_000, 0)]
    [InlineData("lifecycle", 1_000, 0)]
    [InlineData("peer hangfire", 300, 50)]
    [InlineData("peer bullmq", 300, 50)]
    public async Task Run_Quick_TellsFiguresAndFacts(string command, int tasks, int timed)
    {
        var figures = await RunAsync($"{command} --quick --json", mayLackPeer: command == "peer bullmq");

        Assert.Equal(tasks, figures.GetProperty("tasks").GetInt32());
        Assert.InRange(figures.GetProperty("livesPerSecond").GetDouble(), 1, 10_000_000);
        Assert.Equal("appendonly yes, appendfsync everysec", figures.GetProperty("facts").GetProperty("fsync").GetString());
        Assert.Equal($"{Environment.ProcessorCount}", figures.GetProperty("facts").GetProperty("cores").GetString());
        if (timed == 0) Assert.False(figures.TryGetProperty("latency", out _));
        else AssertLatency(figures.GetProperty("latency"), timed);
    }

    [Fact]
    public async Task Run_RedisThatIsNotThere_EndsWithTwoAndSaysSo()
    {
        var ran = await ExecuteAsync("limit --quick --json --redis 127.0.0.1:1");

        Assert.Equal(MissingProgram, ran.ExitCode);
        Assert.Empty(ran.StandardOutput);
        Assert.Contains("127.0.0.1:1", ran.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CoordinationTwice_TellsTheSameOfEveryPolicy()
    {
        var (first, second) = (await ExecuteAsync("coordination --quick"), await ExecuteAsync("coordination --quick"));

        Assert.True(first.IsSuccess, first.StandardError);
        Assert.All((string[])["fifo", "score", "learned", "clairvoyant"], policy => Assert.Contains($"{policy} ", first.StandardOutput, StringComparison.Ordinal));
        Assert.DoesNotContain("NaN", first.StandardOutput, StringComparison.Ordinal);
        Assert.Equal(first.StandardOutput, second.StandardOutput);
    }

    private static void AssertLatency(JsonElement latency, int samples)
    {
        Assert.Equal(samples, latency.GetProperty("samples").GetInt32());
        double[] rising = [.. ((string[])["p50", "p90", "p99", "p999", "max"]).Select(name => latency.GetProperty(name).GetDouble())];
        Assert.Equal(rising.Order(), rising);
        Assert.InRange(rising[0], 0.001, double.MaxValue);
    }

    private static async Task<JsonElement> RunAsync(string arguments, bool mayLackPeer)
    {
        var ran = await ExecuteAsync(arguments);
        var mayLack = mayLackPeer || Environment.GetEnvironmentVariable("CI") != "true";
        if (ran.ExitCode == MissingProgram && mayLack) Assert.Skip(ran.StandardError.Trim());
        Assert.True(ran.IsSuccess, $"{ran.StandardOutput}\n{ran.StandardError}");
        return JsonSerializer.Deserialize<JsonElement>(ran.StandardOutput);
    }

    private static async Task<BufferedCommandResult> ExecuteAsync(string arguments)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromMinutes(4));
        return await Cli.Wrap(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
            .WithArguments([Program, .. arguments.Split(' ')])
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(late.Token);
    }
}
