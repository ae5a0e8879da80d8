using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Upgrade;

/// <summary>Two processes that take one queue over from each other while it is used, as at each upgrade and each roll-back.</summary>
public sealed class TakeoverTests(RedisServer redis, ITestOutputHelper output) : IClassFixture<RedisServer>
{
    private const int Rolling = 5;
    private const int Restarts = 4;

    /// <summary>An owner that was killed is waited for as long as its lease runs; so much more a loaded machine may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task TakeOver_TenTimesUnderLoad_LosesNothing()
    {
        var token = TestContext.Current.CancellationToken;
        await using var first = await StartAsync("first");
        await using var second = await StartAsync("second");
        await second.EndAsync();
        var (old, heir) = (first, second);
        await using var load = new TakeoverLoad([first.Address, second.Address], pairs: 2);
        await load.AnsweredByAsync(old.Address).WaitAsync(Patience, token);
        var gaps = new List<(string How, TimeSpan Gap)>();

        for (var turn = 0; turn < Rolling; turn++)
        {
            await heir.RestartAsync();
            var answered = load.AnsweredByAsync(heir.Address);
            await old.EndAsync();
            gaps.Add(("stopped", await answered.WaitAsync(Patience, token)));
            (old, heir) = (heir, old);
        }
        for (var turn = 0; turn < Restarts; turn++)
        {
            await old.KillAsync();
            var answered = load.AnsweredByAsync(old.Address);
            await old.RestartAsync();
            gaps.Add(("killed and started again", await answered.WaitAsync(Patience, token)));
        }
        await heir.RestartAsync();
        await old.KillAsync();
        gaps.Add(("killed, the other takes over", await load.AnsweredByAsync(heir.Address).WaitAsync(Patience, token)));
        var lost = await load.EndAsync(heir.Address, token);

        foreach (var kind in gaps.GroupBy(gap => gap.How, gap => gap.Gap.TotalSeconds)) output.WriteLine($"{kind.Key}, {kind.Count()} times: {Describe([.. kind.Order()])}");
        output.WriteLine($"all {gaps.Count}: {Describe([.. gaps.Select(gap => gap.Gap.TotalSeconds).Order()])}; {load.Submitted} tasks submitted, {lost.Count} lost");
        Assert.Empty(lost);
        Assert.Empty(load.Wrong);
        Assert.True(load.Submitted > 10 * gaps.Count, $"{load.Submitted} tasks are no load.");
    }

    private static string Describe(double[] seconds) => $"no submit was acknowledged for p50 {seconds[seconds.Length / 2]:0.00} s, at most {seconds[^1]:0.00} s";

    private Task<ApiServer> StartAsync(string instance) => TestServer.StartAsync(new ApiServer(redis.ConnectionString) { Settings = [$"--Queues:Instance={instance}"] });
}
