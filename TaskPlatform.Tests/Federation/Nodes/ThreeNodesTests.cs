namespace TaskPlatform.Tests.Federation.Nodes;

/// <summary>Starting and stopping the processes of a federation.</summary>
public sealed class ThreeNodesTests
{
    [Fact]
    public async Task Start_OfThreeNodes_GivesIndependentHealthyServicesThatAreGoneAfterwards()
    {
        int[] processes;
        await using (var nodes = await ThreeNodes.StartAsync())
        {
            Assert.Equal(3, nodes.Nodes.Select(node => node.Redis).Distinct().Count());
            processes = [.. await Task.WhenAll(nodes.Nodes.Select(node => node.Api.ProcessIdAsync()).Append(nodes.Aggregator.ProcessIdAsync()))];
            Assert.All(processes, process => Assert.True(Directory.Exists($"/proc/{process}")));
        }

        Assert.All(processes, process => Assert.False(Directory.Exists($"/proc/{process}"), $"{process} has outlived the test."));
    }
}
