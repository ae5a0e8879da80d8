using StackExchange.Redis;

namespace TaskPlatform.Api.Store;

/// <summary>
/// The store's own two connections to Redis. One carries what must keep its order: takeovers, batches, checks. Everything else (loading,
/// reading, publishing, settings) goes over the other, so that no page of a million records stands in front of a commit.
/// </summary>
/// <remarks>
/// Nothing is queued while Redis is away (<see cref="BacklogPolicy.FailFast"/>): the pipeline knows better what to send afterwards.
/// </remarks>
public sealed class RedisConnections : IAsyncDisposable
{
    private readonly Lazy<Task<ConnectionMultiplexer>> _ordered;
    private readonly Lazy<Task<ConnectionMultiplexer>> _other;
    private readonly ILogger<RedisConnections> _logger;

    /// <summary>Connects when it is first asked for a database, and from then on again and again by itself.</summary>
    /// <param name="connectionString">As StackExchange.Redis reads it; an explicit timeout in it wins.</param>
    /// <param name="logger">Hears of lost connections.</param>
    /// <exception cref="ArgumentException">The connection string names no server.</exception>
    public RedisConnections(string connectionString, ILogger<RedisConnections> logger)
    {
        _logger = logger;
        _ordered = new(() => ConnectAsync(Options(connectionString, "store")));
        _other = new(() => ConnectAsync(Options(connectionString, "store-reads")));
    }

    /// <summary>Raised when the ordered connection was lost or made again.</summary>
    public event Action? Changed;

    /// <summary>Whether the ordered connection stands.</summary>
    public bool IsConnected => _ordered is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } connected } && connected.Result.IsConnected;

    /// <summary>For whatever must be run in the order of sending.</summary>
    public async ValueTask<IDatabase> OrderedAsync() => (await Connected(_ordered)).GetDatabase();

    /// <summary>For everything else.</summary>
    public async ValueTask<IDatabase> OtherAsync() => (await Connected(_other)).GetDatabase();

    /// <summary>Every server that takes writes, for what a single database call cannot say.</summary>
    internal async ValueTask<IServer[]> PrimariesAsync() =>
        [.. (await Connected(_other)).GetServers().Where(server => server is { IsConnected: true, IsReplica: false })];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in new[] { _ordered, _other })
        {
            if (connection.IsValueCreated && connection.Value.IsCompletedSuccessfully) await connection.Value.Result.DisposeAsync();
        }
    }

    /// <summary>
    /// A Redis that is away is told at once instead of being waited for, a restarted one is found again within a fraction of a second rather than after up
    /// to a minute, and a timeout is noticed without a further second's delay.
    /// </summary>
    public static void TellSoon(ConfigurationOptions options)
    {
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new LinearRetry(200);
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(250);
    }

    private static ConfigurationOptions Options(string connectionString, string purpose)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        if (options.EndPoints.Count == 0)
            throw new ArgumentException("The connection string names no Redis server; give one such as 'localhost:6379'.", nameof(connectionString));
        options.AbortOnConnectFail = false;
        options.ClientName = $"taskplatform-{purpose}";
        TellSoon(options);
        if (!connectionString.Contains("connectTimeout", StringComparison.OrdinalIgnoreCase)) options.ConnectTimeout = 2_000;
        return options;
    }

    private static async Task<ConnectionMultiplexer> Connected(Lazy<Task<ConnectionMultiplexer>> connection)
    {
        try
        {
            return await connection.Value;
        }
        catch (Exception failure) when (RedisFailures.IsUnavailable(failure))
        {
            throw new StoreUnavailableException(failure.Message, failure);
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions options)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync(options);
        if (!options.ClientName!.EndsWith("store", StringComparison.Ordinal)) return connection;
        connection.ConnectionFailed += (_, lost) =>
        {
            Log.ConnectionLost(_logger, $"{lost.EndPoint}", $"{lost.FailureType}");
            Changed?.Invoke();
        };
        connection.ConnectionRestored += (_, back) =>
        {
            Log.ConnectionBack(_logger, $"{back.EndPoint}");
            Changed?.Invoke();
        };
        return connection;
    }
}
