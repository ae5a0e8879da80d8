using System.Globalization;

namespace TaskPlatform.Tests.Federation.Nodes;

/// <summary>Three nodes as processes, one of them given more than it can do soon.</summary>
public sealed class SharedBurstTests(ITestOutputHelper output)
{
    private const int Count = 120;

    // A burst of twelve slots instead of four could wait a third as long; nodes and tests share few cores.
    private const double SharedToIsolated = 0.7;

    [Fact]
    public async Task Burst_OfATypeThatStays_IsDoneAtHomeOnceAndLeavesNoTraceAtPeers()
    {
        await using var nodes = await ThreeNodes.StartAsync();
        await nodes.FiguresAsync();

        var burst = await WorkBurst.SubmitAsync(nodes, Count, Work.Kept, "unmistakable-kept");

        await burst.AssertEachCompletedOnceAsync();
        Assert.Equal(["node1"], burst.ByNode.Keys);
        Assert.Equal(Count, burst.Executions.Count);
        foreach (var text in (string[])["unmistakable-kept", "payload-of-unmistakable-kept"])
        {
            Assert.True(await nodes.Home.HasStoredAsync(text, TestContext.Current.CancellationToken), $"Not even the home node has '{text}': the search finds nothing.");
            foreach (var peer in nodes.Nodes.Skip(1)) Assert.False(await peer.HasStoredAsync(text, TestContext.Current.CancellationToken), $"{peer.Id} has '{text}'.");
        }
    }

    [Fact]
    public async Task Burst_OfAnExportedType_IsSharedAndWaitsLessThanAtOneNode()
    {
        await using var nodes = await ThreeNodes.StartAsync();
        await nodes.FiguresAsync();
        // New processes are slower at first, and the run that comes first would look worse for it.
        await (await WorkBurst.SubmitAsync(nodes, Count / 2, Work.Kept, "warm-up", first: 2 * Count)).EndAsync();
        var isolated = await WorkBurst.SubmitAsync(nodes, Count, Work.Kept, "isolated");
        await isolated.AssertEachCompletedOnceAsync();

        var shared = await WorkBurst.SubmitAsync(nodes, Count, Work.Exported, "shared", first: Count);
        await shared.AssertEachCompletedOnceAsync();

        output.WriteLine($"isolated: {Describe(isolated)}; shared: {Describe(shared)}");
        Assert.Equal(Count, shared.Executions.Count); // nothing died: nobody worked for nothing
        Assert.Equal(["node1", "node2", "node3"], shared.ByNode.Keys.Order());
        Assert.InRange(shared.Wait(0.95) / isolated.Wait(0.95), 0, SharedToIsolated);
    }

    private static string Describe(WorkBurst burst) => string.Create(
        CultureInfo.InvariantCulture, $"{string.Join(", ", burst.ByNode.OrderBy(node => node.Key).Select(node => $"{node.Key} {node.Value}"))}, wait p50 {burst.Wait(0.5):0.00} s, p95 {burst.Wait(0.95):0.00} s, max {burst.Wait(1):0.00} s");
}
