using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Federation.Lending;

/// <summary>A Redis for each of three nodes: a service takes over every queue that it finds unserved in its own.</summary>
public sealed class NodeStores : IAsyncLifetime
{
    private readonly RedisServer[] _servers = [new(), new(), new()];

    /// <summary>For StackExchange.Redis.</summary>
    /// <param name="node"><c>node1</c> to <c>node3</c>.</param>
    public string Of(string node) => _servers[node[^1] - '1'].ConnectionString;

    public async ValueTask InitializeAsync()
    {
        foreach (var server in _servers) await server.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }
}
