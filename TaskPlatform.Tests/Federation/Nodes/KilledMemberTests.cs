using System.Diagnostics;

namespace TaskPlatform.Tests.Federation.Nodes;

/// <summary>Three nodes as processes, one member killed while tasks are lent out: nothing is lost, and each task is completed once.</summary>
public sealed class KilledMemberTests
{
    private const string Peer = "node2";
    private const int LeaseSeconds = 3;

    // Figures hold for four periods; a task that was handed over at the end of that begins a little later.
    private static readonly TimeSpan LocalOnlyAfter = 4 * ThreeNodes.Period + TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task Kill_OfTheAggregator_LeavesNodesAloneAfterFourPeriodsAndLosesNothing()
    {
        await using var nodes = await ThreeNodes.StartAsync();
        await nodes.FiguresAsync();
        // Enough that the home node alone still has work when the others have stopped helping.
        var burst = await WorkBurst.SubmitAsync(nodes, 440, Work.Exported, "orphaned");
        await nodes.Log.BeganAsync(Peer).WaitAsync(ThreeNodes.Patience, TestContext.Current.CancellationToken);

        var killedAt = Stopwatch.GetTimestamp();
        await nodes.Aggregator.KillAsync();
        await burst.AssertEachCompletedOnceAsync();

        var later = burst.Executions.Where(done => Stopwatch.GetElapsedTime(killedAt, done.Began) > LocalOnlyAfter).ToList();
        Assert.Equal(["node1"], later.Select(done => done.Node).Distinct());
        Assert.Equal(440, burst.Executions.Count);
    }

    [Fact]
    public async Task Kill_OfAPeerThatHoldsLentTasks_BringsThemHomeByTheirLeases()
    {
        await using var nodes = await ThreeNodes.StartAsync(LeaseSeconds);
        await nodes.FiguresAsync();
        nodes.Log.CloseAt(Peer);
        var burst = await WorkBurst.SubmitAsync(nodes, 60, Work.Exported, "stranded");
        await nodes.Log.BeganAsync(Peer).WaitAsync(ThreeNodes.Patience, TestContext.Current.CancellationToken);

        await nodes.Nodes.Single(node => node.Id == Peer).Api.KillAsync();
        var tasks = await burst.AssertEachCompletedOnceAsync();

        var held = burst.Executions.Where(done => done.Node == Peer).Select(done => done.Number).ToHashSet();
        Assert.NotEmpty(held);
        Assert.All(held, number => Assert.Contains(burst.Executions, done => done.Number == number && done.Node != Peer));
        Assert.Contains(tasks, task => task.Attempts!.Any(attempt => attempt.Outcome == "lease-lost"));
    }

    [Fact]
    public async Task Kill_OfTheHomeWhileTasksAreLentOut_CompletesEachOnceAfterItsRestart()
    {
        await using var nodes = await ThreeNodes.StartAsync(LeaseSeconds);
        await nodes.FiguresAsync();
        var gate = nodes.Log.CloseAt(Peer);
        var burst = await WorkBurst.SubmitAsync(nodes, 60, Work.Exported, "fatherless");
        await nodes.Log.BeganAsync(Peer).WaitAsync(ThreeNodes.Patience, TestContext.Current.CancellationToken);

        await nodes.Home.Api.KillAsync();
        gate.SetResult(); // done while nobody at home can be told
        await nodes.Home.Api.RestartAsync();

        await burst.AssertEachCompletedOnceAsync();
        Assert.Contains(burst.Executions, done => done.Node == Peer);
    }
}
