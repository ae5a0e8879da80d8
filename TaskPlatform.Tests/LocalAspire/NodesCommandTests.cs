namespace TaskPlatform.Tests.LocalAspire;

/// <summary>The command lines <c>--nodes</c> and <c>--burst</c>, as somebody at a terminal types them.</summary>
public sealed class NodesCommandTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("taskplatform-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Delete(recursive: true);

    [Theory]
    [InlineData("--nodes is '2'. Give 3 to 8", "--nodes", "2")]
    [InlineData("--nodes is '9'. Give 3 to 8", "--nodes=9")]
    [InlineData("--nodes is 'three'. Give 3 to 8", "--nodes", "three")]
    [InlineData("--review needs the review's agents", "--nodes", "3", "--review", ".")]
    [InlineData("--burst needs several nodes", "--burst", "400")]
    [InlineData("--burst is '0'. Give how many tasks, 1 to 10000", "--nodes", "3", "--burst", "0")]
    [InlineData("--compare needs a burst", "--nodes", "3", "--compare")]
    [InlineData("--compare needs several nodes", "--compare")]
    public async Task Start_WithAnOptionThatCannotBeMeant_SaysWhatToGiveAndFails(string error, params string[] arguments)
    {
        await using var host = HostProcess.OfTheApplication([.. arguments, $"--Data:Root={_data.FullName}"]);

        Assert.Equal(1, await host.WaitForExitAsync(Token));
        Assert.StartsWith($"error: {error}", Assert.Single(host.Seen, line => line.StartsWith("error:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Burst_WithCompare_ShowsProgressAndATableOfBothRunsAndGoesOnServing()
    {
        const int Count = 60;
        await using var host = HostProcess.OfTheApplication(
            "--nodes", "3", "--compare", "--burst", $"{Count}", "--Dashboard:Enabled=false", "--Federation:PeriodSeconds=1", $"--Data:Root={_data.FullName}");

        await host.WaitForLineAsync($"Burst, node1 alone: {Count} of {Count} tasks done", Token);
        await host.WaitForLineAsync($"Burst: {Count} of {Count} tasks done", Token);
        var head = await host.WaitForLineAsync("wait p50", Token);
        var (isolated, together) = (Done(await host.WaitForLineAsync("isolated", Token)), Done(await host.WaitForLineAsync("together", Token)));

        Assert.Equal(["node1", "node2", "node3", "not", "done"], head.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(5));
        Assert.Equal([Count, 0, 0, 0], isolated);
        Assert.Equal(Count, together.Sum());
        Assert.Equal(0, together[^1]);
        Assert.DoesNotContain(host.Seen, line => line.StartsWith("error:", StringComparison.Ordinal));

        await host.SignalAsync("INT", Token); // it still runs, and ends when asked
        Assert.Equal(0, await host.WaitForExitAsync(Token));
    }

    // The four counts that follow a row's name.
    private static int[] Done(string row) => [.. row.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(4).Select(int.Parse)];
}
