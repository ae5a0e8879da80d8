using System.Collections.Concurrent;
using StackExchange.Redis;

namespace TaskPlatform.Api.Store;

/// <summary>All queues of one Redis or Garnet server.</summary>
public sealed class RedisQueueStores(RedisConnections connections, TimeProvider time) : IQueueStores
{
    private const string KeyStart = "tp:{";
    private const string MetaEnd = "}:meta";

    private readonly ConcurrentDictionary<string, RedisQueueStore> _stores = new(StringComparer.Ordinal);
    private readonly RedisScriptCalls _scripts = new(connections);

    /// <inheritdoc/>
    public IQueueStore For(string queue) => _stores.GetOrAdd(queue, name => new(name, connections, _scripts, time));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListQueuesAsync(CancellationToken cancellationToken)
    {
        var servers = await connections.PrimariesAsync();
        if (servers.Length == 0) throw new StoreUnavailableException("No Redis server is connected.");
        var queues = new HashSet<string>(StringComparer.Ordinal);
        foreach (var server in servers)
        {
            await foreach (var key in ScanAsync(server, cancellationToken)) queues.Add(key[KeyStart.Length..^MetaEnd.Length]);
        }

        return [.. queues];
    }

    // SCAN by name: the client falls back to KEYS, which stops the server, where it does not know the server's version.
    private static async IAsyncEnumerable<string> ScanAsync(
        IServer server, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = "0";
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await RedisCalls.RunAsync(server.ExecuteAsync("SCAN", cursor, "MATCH", $"{KeyStart}*{MetaEnd}", "COUNT", 1000), cancellationToken);
            cursor = (string)page[0]!;
            foreach (var key in (string[])page[1]!) yield return key;
        }
        while (cursor != "0");
    }
}
