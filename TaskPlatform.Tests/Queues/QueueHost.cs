using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Queues;

/// <summary>The Api's queues and store, without its web server.</summary>
internal sealed class QueueHost : IAsyncDisposable
{
    private readonly IHost _host;
    private bool _stopped;

    private QueueHost(IHost host) => _host = host;

    public IQueueOwners Owners => _host.Services.GetRequiredService<IQueueOwners>();

    /// <param name="server">The store.</param>
    /// <param name="instance">The name under which queues are owned.</param>
    /// <param name="time">A clock in hand, so that nothing happens by itself; null: the system's.</param>
    public static async Task<QueueHost> StartAsync(ITestServer server, string instance = "here", TimeProvider? time = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = server.ConnectionString,
            ["Queues:Instance"] = instance,
        });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.AddQueueStore();
        builder.AddQueues();
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new QueueHost(host);
    }

    /// <param name="queue">The queue.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="caller">Cancelled when the caller goes away; null: it stays.</param>
    public async Task<Outcome> SendAsync(string queue, Command command, CancellationTokenSource? caller = null)
    {
        var owner = await Owners.FindAsync(queue, TestContext.Current.CancellationToken);
        return (await owner.SendAsync(command, caller?.Token ?? TestContext.Current.CancellationToken)).Outcome;
    }

    public async Task<TaskItem> SubmitAsync(string queue, string id, params string[] after)
    {
        var task = new TaskSubmission
        {
            Id = id,
            Type = "work",
            DependsOn = [.. after.Select(on => new DependencyEdge(on))],
            Body = new TaskBody { Payload = """{"n":1}"""u8.ToArray(), LeaseMs = 2_000 },
        };
        return Assert.IsType<Outcome.TaskAnswer>(await SendAsync(queue, new Command.Submit(task))).View.Task;
    }

    public async Task<ImmutableArray<TaskView>> ClaimAsync(
        string queue, int max = 1, long waitMs = 0, string? claimId = null, CancellationTokenSource? caller = null)
    {
        var claim = new Command.Claim("agent", "one", Types: null, max, waitMs, LeaseMs: null, claimId);
        return Assert.IsType<Outcome.Claimed>(await SendAsync(queue, claim, caller)).Grants;
    }

    public async Task<TaskItem> GetAsync(string queue, string id)
        => Assert.IsType<Outcome.TaskAnswer>(await SendAsync(queue, new Command.GetTask(id))).View.Task;

    public async ValueTask DisposeAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
