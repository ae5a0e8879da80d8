using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using TaskPlatform.Api.Store;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Store;

/// <summary>A real server; a second connection does what operators and accidents do.</summary>
public sealed class RedisBed : IStoreBed
{
    private readonly RedisConnections _connections;
    private readonly ConnectionMultiplexer _behind;

    private RedisBed(string connectionString, ConnectionMultiplexer behind)
    {
        _behind = behind;
        _connections = new(connectionString, NullLogger<RedisConnections>.Instance);
        Stores = new RedisQueueStores(_connections, TimeProvider.System);
    }

    public IQueueStores Stores { get; }

    public RedisConnections Connections => _connections;

    public IDatabase Database => _behind.GetDatabase();

    public static async Task<RedisBed> ConnectAsync(ITestServer server, string more = "") =>
        new(server.ConnectionString + more, await ConnectionMultiplexer.ConnectAsync(server.ConnectionString));

    public Task LapseAsync(string queue) => SetMetaAsync(queue, "lease", "1");

    public Task SetMetaAsync(string queue, string field, string value) => Database.HashSetAsync(Keys(queue)[2], field, value);

    public async Task<object> SaveAsync(string queue) =>
        await Task.WhenAll(Keys(queue).Select(async key => await Database.HashGetAllAsync(key)));

    public async Task GoBackAsync(string queue, object saved)
    {
        var back = Database.CreateTransaction();
        foreach (var (key, fields) in Keys(queue).Zip((HashEntry[][])saved))
        {
            _ = back.KeyDeleteAsync(key);
            if (fields.Length > 0) _ = back.HashSetAsync(key, fields);
        }

        Assert.True(await back.ExecuteAsync());
        await CutAsync();
    }

    public async Task ForgetAsync(string queue)
    {
        await Database.KeyDeleteAsync(Keys(queue));
        await CutAsync();
    }

    public Task ForgetMetaAsync(string queue) => Database.KeyDeleteAsync(Keys(queue)[2]);

    public async ValueTask DisposeAsync()
    {
        await _connections.DisposeAsync();
        await _behind.DisposeAsync();
    }

    public static RedisKey[] Keys(string queue) => [$"tp:{{{queue}}}:tasks", $"tp:{{{queue}}}:state", $"tp:{{{queue}}}:meta"];

    private Task CutAsync() => Database.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
}
