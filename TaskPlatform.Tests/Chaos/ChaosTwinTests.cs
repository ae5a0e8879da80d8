using TaskPlatform.Tests.Servers;
using TaskPlatform.Tests.Simulation;

namespace TaskPlatform.Tests.Chaos;

/// <summary>A round notices what it is there to notice: with something broken it ends in findings.</summary>
public sealed class ChaosTwinTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task Redis_WithoutItsFile_LosesWhatWasAcknowledged()
    {
        // Both die, so that nobody is left who could send anything again.
        var plan = new RoundPlan { Seed = 0, Faults = [Kill(FaultKind.KillApi), Kill(FaultKind.KillRedis)], SyncsAlways = true, LoadSeed = 1 };

        await MissedAsync(plan, new RedisServer { MoreArguments = ["--appendonly", "no"] }, CallerTwin.None, FindingKind.Lost, FindingKind.Stopped);
    }

    [Fact]
    public async Task Caller_ThatTakesSilenceForAYes_FindsItsTasksLost()
    {
        var plan = new RoundPlan { Seed = 0, Faults = [new Fault(FaultKind.ClientNetwork, 0, 1_000, Way: 0)], SyncsAlways = true, LoadSeed = 1 };

        await MissedAsync(plan, new RedisServer(), CallerTwin.TakesSilenceForAYes, FindingKind.Lost);
    }

    private static Fault Kill(FaultKind kind) => new(kind, 0, 500, 0);

    private async Task MissedAsync(RoundPlan plan, RedisServer server, CallerTwin twin, params FindingKind[] expected)
    {
        await using var redis = await TestServer.StartAsync(server);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);

        var result = await new Round(plan, redis, disk: null, twin).RunAsync(patience.Token);

        foreach (var finding in result.Findings.Take(5)) output.WriteLine(finding.ToString());
        Assert.Contains(result.Findings, finding => expected.Contains(finding.Kind));
    }
}
