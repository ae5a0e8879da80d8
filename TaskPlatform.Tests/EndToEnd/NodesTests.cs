using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.Testing;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Tests.EndToEnd;

/// <summary>The application as several nodes.</summary>
public sealed class NodesTests
{
    private static readonly string[] Ids = ["node1", "node2", "node3"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithNodes_GivesEachAQueueAnAgentAndAPlaceInTheFederation()
    {
        await using var stack = await RunningStack.StartAsync(
            ["--nodes", "3"], ["federation", .. Ids.SelectMany(id => (string[])[$"{id}-api", $"{id}-demo"])]);

        foreach (var id in Ids)
        {
            using var api = stack.App.CreateHttpClient($"{id}-api");
            // The same id at each: no node knows another's.
            using var submitted = await api.PostAsJsonAsync(
                "/v1/queues/default/tasks", new { id = "once", type = "demo-local", payload = new { milliseconds = 20 } }, Token);
            Assert.Equal(201, (int)submitted.StatusCode);
            var done = await api.GetFromJsonAsync<JsonElement>("/v1/queues/default/tasks/once?waitSeconds=30", Token);
            Assert.Equal(id, done.GetProperty("result").GetProperty("node").GetString());
        }
        Assert.Equal(3, (await Task.WhenAll(Ids.Select(async id => await stack.App.GetConnectionStringAsync($"{id}-redis", Token)))).Distinct().Count());
        AssertFederation(Path.Combine(stack.Data, "federation"), [.. Ids.Select(id => stack.App.GetEndpoint($"{id}-api", "peer").Port)]);
    }

    private static void AssertFederation(string folder, IReadOnlyList<int> ports)
    {
        foreach (var id in Ids)
        {
            var file = FederationFile.Load(MembershipFiles.FileOf(folder, id));
            using var keys = MemberKeys.Load(MembershipFiles.KeysOf(folder, id));
            Assert.Equal(id, file.OwnerOf(keys).Id);
            Assert.Equal(ports, file.Nodes.Select(node => node.Address.Port));
            Assert.Equal(3, file.MinimumCohort);
        }
    }
}
