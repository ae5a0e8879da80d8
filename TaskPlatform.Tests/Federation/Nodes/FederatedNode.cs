using TaskPlatform.Client;
using TaskPlatform.Tests.Client;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Federation.Nodes;

/// <summary>One node as processes: the service and its Redis. Its agent and whoever submits to it are in the test's process.</summary>
internal sealed class FederatedNode : IAsyncDisposable
{
    private readonly RedisServer _redis;
    private readonly RealAgent _caller;
    private RealAgent? _agent;

    private FederatedNode(string id, RedisServer redis, ApiServer api) => (Id, _redis, Api, _caller) = (id, redis, api, RealAgent.None(api.Address));

    public string Id { get; }

    public ApiServer Api { get; }

    /// <summary>Where StackExchange.Redis finds what it stores.</summary>
    public string Redis => _redis.ConnectionString;

    /// <summary>Calls its service.</summary>
    public TaskPlatformClient Client => _caller.Client;

    /// <param name="id">Its name in the federation.</param>
    /// <param name="settings">Its section <c>Federation</c>, as on the command line.</param>
    public static async Task<FederatedNode> StartAsync(string id, IReadOnlyList<string> settings)
    {
        var redis = await TestServer.StartAsync(new RedisServer());
        try
        {
            var api = await TestServer.StartAsync(new ApiServer(redis.ConnectionString)
            {
                Wrapper = ApiServer.Frugal,
                Settings = [$"--Queues:Instance={id}", "--WarmUp:Seconds=0", .. settings],
            });
            return new FederatedNode(id, redis, api);
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets an agent of four slots work at the node.</summary>
    public async Task StartAgentAsync(WorkLog log) => _agent = await RealAgent.StartAsync<Work, string>(
        Api.AgentsAddress, ThreeNodes.Queue, "worker", (work, _, token) => log.WorkAsync(Id, work, token), configure: null, Work.Exported, Work.Kept);

    /// <summary>Whether the bytes of a text are anywhere in what its Redis ever wrote.</summary>
    public async Task<bool> HasStoredAsync(string text, CancellationToken cancellationToken)
    {
        var sought = System.Text.Encoding.UTF8.GetBytes(text);
        foreach (var file in Directory.EnumerateFiles(_redis.Folder, "*", SearchOption.AllDirectories))
            if ((await File.ReadAllBytesAsync(file, cancellationToken)).AsSpan().IndexOf(sought) >= 0) return true;
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null) await _agent.DisposeAsync();
        await _caller.DisposeAsync();
        await Api.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
