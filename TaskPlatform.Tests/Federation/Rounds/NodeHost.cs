using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskPlatform.Api.Federation;
using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Federation.Rounds;

/// <summary>A node as the service has it: its queues, their store and its part in the federation.</summary>
internal sealed class NodeHost(IHost host, string data) : IAsyncDisposable
{
    public IServiceProvider Services => host.Services;

    public FederatedTaskManager Manager => Services.GetRequiredService<FederatedTaskManager>();

    /// <summary>Node 0 of the lab; its tasks are in a queue of its own.</summary>
    public static async Task<NodeHost> StartAsync(RoundLab lab, ITestServer store, params (string Key, string Value)[] settings)
    {
        var data = Directory.CreateTempSubdirectory("node").FullName;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = store.ConnectionString,
            ["Queues:Instance"] = Guid.NewGuid().ToString(),
            ["Federation:Enabled"] = "true",
            ["Federation:NodeId"] = RoundLab.NameOf(0),
            ["Federation:File"] = MembershipFiles.FileOf(lab.Folder, RoundLab.NameOf(0)),
            ["Federation:Keys"] = MembershipFiles.KeysOf(lab.Folder, RoundLab.NameOf(0)),
            ["Federation:Data"] = data,
            ["Federation:Queue"] = Path.GetFileName(data),
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddQueueStore();
        builder.AddQueues();
        builder.AddFederationNode();
        var node = new NodeHost(builder.Build(), data);
        await node.Start();
        return node;
    }

    public async Task<Outcome> SendAsync(Command command)
    {
        var owner = await Services.GetRequiredService<IQueueOwners>().FindAsync(Path.GetFileName(data), TestContext.Current.CancellationToken);
        return (await owner.SendAsync(command, TestContext.Current.CancellationToken)).Outcome;
    }

    public async Task<HealthReportEntry> HealthAsync() =>
        (await Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["federation"];

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
        Directory.Delete(data, recursive: true);
    }

    private async Task Start()
    {
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            host.Dispose();
            Directory.Delete(data, recursive: true);
            throw;
        }
    }
}
