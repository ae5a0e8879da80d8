using System.Globalization;
using StackExchange.Redis;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>The Redis of one measurement: of its own, gone afterwards; or one that runs already.</summary>
internal sealed class MeasuredRedis : IAsyncDisposable
{
    private readonly ServerProcess? _process;

    private MeasuredRedis(ServerProcess? process, RedisAddress address) => (_process, Address) = (process, address);

    /// <summary>Where it listens.</summary>
    public RedisAddress Address { get; }

    /// <summary>Its version, such as <c>7.0.15</c>.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Whether and when it syncs, as it says itself; <c>unknown</c> where it does not let itself be asked.</summary>
    public string Persistence { get; private set; } = "unknown";

    /// <exception cref="MissingProgramException">There is no <c>redis-server</c> to start, or the one that was named does not answer.</exception>
    public static async Task<MeasuredRedis> OpenAsync(MeasurementSettings settings)
    {
        if (settings.Redis is not null && RedisAddress.TryParse(settings.Redis, out var named)) return await AskAsync(new MeasuredRedis(null, named));
        var process = await ServerProcess.StartRedisAsync(settings.Fsync);
        return await AskAsync(new MeasuredRedis(process, new RedisAddress("127.0.0.1", process.Port)));
    }

    /// <summary>Returns when it is not rewriting its file: it does that while the file grows, and then takes a core and much of the disk.</summary>
    public async Task WhenRewrittenAsync()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{Address.ConnectionString},allowAdmin=true");
        while ((await InfoAsync(connection, "persistence")).Any(fact => fact is { Key: "aof_rewrite_in_progress", Value: "1" }))
            await Task.Delay(TimeSpan.FromSeconds(1));
    }

    /// <summary>Time of a core that it has used itself; children that rewrite its file do not count.</summary>
    public async Task<TimeSpan> ProcessorTimeAsync()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{Address.ConnectionString},allowAdmin=true");
        var used = (await InfoAsync(connection, "cpu")).Where(fact => fact.Key is "used_cpu_sys" or "used_cpu_user");
        return TimeSpan.FromSeconds(used.Sum(fact => double.Parse(fact.Value, CultureInfo.InvariantCulture)));
    }

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<IEnumerable<KeyValuePair<string, string>>> InfoAsync(ConnectionMultiplexer connection, string section) =>
        (await connection.GetServers()[0].InfoAsync(section)).SelectMany(facts => facts);

    private static async Task<MeasuredRedis> AskAsync(MeasuredRedis redis)
    {
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.Address},allowAdmin=true,connectRetry=1,connectTimeout=2000");
            var server = connection.GetServers()[0];
            redis.Version = $"{server.Version}";
            redis.Persistence = await PersistenceAsync(server);
            return redis;
        }
        catch (RedisConnectionException silent)
        {
            await redis.DisposeAsync();
            throw new MissingProgramException($"No Redis answers at {redis.Address}: {silent.Message}");
        }
    }

    private static async Task<string> PersistenceAsync(IServer server)
    {
        try
        {
            var facts = (await server.ConfigGetAsync("append*")).ToDictionary();
            return facts["appendonly"] == "yes" ? $"appendonly yes, appendfsync {facts["appendfsync"]}" : "appendonly no";
        }
        catch (RedisServerException)
        {
            return "unknown";
        }
    }
}
