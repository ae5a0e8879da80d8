using System.Globalization;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Chaos;

/// <summary>
/// The real Api, the real Redis and real clients as processes that are killed, stopped and cut off from each other, by a seed. docs/testing.md says what is
/// checked.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    /// <summary>One of each kind.</summary>
    private const int Rounds = 12;

    /// <summary>Rounds mostly wait: several at a time.</summary>
    private const int AtATime = 3;

    /// <summary>Sets how many rounds are run.</summary>
    private const string RoundsVariable = "TASKPLATFORM_CHAOS_ROUNDS";

    /// <summary>Sets the one seed to be run, to see a failure again.</summary>
    private const string SeedVariable = "TASKPLATFORM_CHAOS_SEED";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task Round_OnRedis_KeepsEveryPromise() => await RunAsync(Setting(RoundsVariable) ?? Rounds, RoundPlan.Of, plan => plan.Has(FaultKind.FullDisk), OnRedisAsync);

    [Fact]
    public async Task Round_OnGarnet_KeepsEveryPromise() => await RunAsync((Setting(RoundsVariable) ?? Rounds) / 6, RoundPlan.OfKills, _ => false, OnGarnetAsync);

    private async Task RunAsync(long rounds, Func<long, RoundPlan> planOf, Func<RoundPlan, bool> needsDisk, Func<RoundPlan, FullDisk?, CancellationToken, Task<RoundResult>> run)
    {
        var one = Setting(SeedVariable);
        var first = one ?? RoundPlan.Block * Random.Shared.NextInt64(1_000_000_000);
        var tally = new Tally();
        var token = TestContext.Current.CancellationToken;
        var seeds = Enumerable.Range(0, one is null ? (int)rounds : 1).Select(number => first + number);
        await Parallel.ForEachAsync(seeds, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = token }, async (seed, stop) =>
        {
            var plan = planOf(seed);
            using var disk = needsDisk(plan) ? FullDisk.TryMount() : null;
            if (needsDisk(plan) && disk is null) tally.Skip(plan, "a disk of its own cannot be mounted here: that needs root");
            else await TallyAsync(tally, plan, () => run(plan, disk, stop));
        });
        foreach (var line in tally.Lines.Concat(tally.Wrong)) output.WriteLine(line);
        output.WriteLine(tally.ToString());
        Assert.Empty(tally.Wrong);
    }

    private static async Task TallyAsync(Tally tally, RoundPlan plan, Func<Task<RoundResult>> run)
    {
        try
        {
            tally.Add(plan, await run());
        }
        catch (Exception broken) when (broken is not Xunit.Sdk.SkipException)
        {
            tally.Break(plan, broken);
        }
    }

    private static async Task<RoundResult> OnRedisAsync(RoundPlan plan, FullDisk? disk, CancellationToken stop)
    {
        await using var redis = await TestServer.StartAsync(ChaosRedis.Of(plan, disk));
        return await WithPatienceAsync(new Round(plan, redis, disk), stop);
    }

    private static async Task<RoundResult> OnGarnetAsync(RoundPlan plan, FullDisk? disk, CancellationToken stop)
    {
        await using var garnet = await TestServer.StartAsync(new GarnetServer());
        return await WithPatienceAsync(new Round(plan, garnet, disk), stop);
    }

    private static async Task<RoundResult> WithPatienceAsync(Round round, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        return await round.RunAsync(patience.Token);
    }

    private static long? Setting(string name)
        => Environment.GetEnvironmentVariable(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
