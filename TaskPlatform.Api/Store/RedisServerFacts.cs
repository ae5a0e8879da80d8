using System.Globalization;
using StackExchange.Redis;

namespace TaskPlatform.Api.Store;

/// <summary>When the server brings what it acknowledged onto the disk.</summary>
public enum FsyncMode
{
    /// <summary>The server does not say, or never syncs by itself.</summary>
    Unknown,

    /// <summary>Before it answers.</summary>
    Always,

    /// <summary>Once a second: loss of power costs up to about a second.</summary>
    EverySecond,
}

/// <summary>What is known of the Redis server that matters to what the platform may promise.</summary>
/// <param name="Fsync">When it syncs.</param>
/// <param name="MemoryFull">Memory is at 90 % of <c>maxmemory</c> or above; false where there is no limit.</param>
/// <param name="DurableRefusal">Why queues that promise durability must not be served, or null.</param>
/// <param name="Warnings">What an operator should set otherwise.</param>
public sealed record RedisServerState(FsyncMode Fsync, bool MemoryFull, string? DurableRefusal, IReadOnlyList<string> Warnings)
{
    /// <summary>Memory that the server uses, in bytes; null when it was not told.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary><c>maxmemory</c>, in bytes; null when there is no limit or it was not told.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Nothing was read yet.</summary>
    public static RedisServerState Unread { get; } = new(FsyncMode.Unknown, false, null, []);

    /// <summary>As replies spell it: <c>always</c>, <c>everysec</c> or <c>unknown</c>.</summary>
    public string FsyncName => Fsync switch { FsyncMode.Always => "always", FsyncMode.EverySecond => "everysec", _ => "unknown" };
}

/// <summary>
/// Reads the server's settings after each connect and its memory each second. Managed servers often forbid CONFIG; INFO answers nearly
/// everywhere. While the server is away the last state stands.
/// </summary>
public sealed class RedisServerFacts(RedisConnections connections, bool allowEviction, TimeProvider time, ILogger<RedisServerFacts> logger)
    : BackgroundService
{
    private const double FullShare = 0.9;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private RedisServerState _current = RedisServerState.Unread;
    private int _settingsRead;

    /// <summary>The last that was read.</summary>
    public RedisServerState Current => Volatile.Read(ref _current);

    /// <summary>Reads everything now. The service does it by itself; at start this makes the first answers right.</summary>
    /// <exception cref="StoreUnavailableException"/>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var database = await connections.OtherAsync();
        var asked = time.GetTimestamp();
        var info = await InfoAsync(database, "memory", cancellationToken);
        StoreMetrics.Answered(time.GetElapsedTime(asked));
        var (used, limit) = (Bytes(info, "used_memory"), NoneIfZero(Bytes(info, "maxmemory")));
        var full = used >= FullShare * limit;
        if (full && !Current.MemoryFull) Log.MemoryFull(logger, (int)(100 * used!.Value / limit!.Value));
        if (Interlocked.Exchange(ref _settingsRead, 1) == 0) await ReadSettingsAsync(database, info, cancellationToken);
        Volatile.Write(ref _current, Current with { MemoryFull = full, MemoryBytes = used, MemoryLimitBytes = limit });
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        connections.Changed += ReadSettingsAgain;
        try
        {
            using var timer = new PeriodicTimer(Period, time);
            do await TryRefreshAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            connections.Changed -= ReadSettingsAgain;
        }
    }

    private void ReadSettingsAgain() => Interlocked.Exchange(ref _settingsRead, 0);

    private async Task TryRefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // The pipeline says so, louder. Another server may answer next time.
            ReadSettingsAgain();
        }
    }

    private async Task ReadSettingsAsync(IDatabase database, Dictionary<string, string> memory, CancellationToken cancellationToken)
    {
        var persistence = await InfoAsync(database, "persistence", cancellationToken);
        var appendOnly = persistence.GetValueOrDefault("aof_enabled") ?? await ConfigAsync(database, "appendonly", cancellationToken);
        var policy = memory.GetValueOrDefault("maxmemory_policy") ?? await ConfigAsync(database, "maxmemory-policy", cancellationToken);
        var fsync = await ConfigAsync(database, "appendfsync", cancellationToken);

        var state = Judge(appendOnly, fsync, policy, allowEviction) with { MemoryFull = Current.MemoryFull };
        foreach (var warning in state.Warnings.Except(Current.Warnings)) Log.ServerWarning(logger, warning);
        Volatile.Write(ref _current, state);
    }

    /// <summary>What follows from the settings; null or empty stands for one that the server does not tell.</summary>
    internal static RedisServerState Judge(string? appendOnly, string? fsync, string? policy, bool allowEviction)
    {
        var warnings = new List<string>();
        var hasLog = appendOnly is "1" or "yes";
        if (appendOnly is "0" or "no") warnings.Add("no append-only file: a crash of Redis loses every task. Start it with --appendonly yes --appendfsync always.");
        if (hasLog && fsync is "no") warnings.Add("appendfsync is 'no': loss of power loses what the system had not written yet. Set it to 'always'.");
        var mode = (hasLog, fsync) switch
        {
            (true, "always") => FsyncMode.Always,
            (true, "everysec") => FsyncMode.EverySecond,
            _ => FsyncMode.Unknown,
        };

        var refusal = policy is null or "" or "noeviction"
            ? null
            : $"maxmemory-policy is '{policy}': Redis may delete tasks to make room. Set it to 'noeviction', or Redis:AllowEviction to true to take the risk.";
        if (refusal is not null) warnings.Add(refusal);
        return new(mode, false, allowEviction ? null : refusal, warnings);
    }

    private static long? Bytes(Dictionary<string, string> memory, string field)
        => long.TryParse(memory.GetValueOrDefault(field), CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    private static long? NoneIfZero(long? limit) => limit > 0 ? limit : null;

    private static async Task<Dictionary<string, string>> InfoAsync(IDatabase database, string section, CancellationToken cancellationToken) =>
        RedisInfo.Parse((string)(await RedisCalls.RunAsync(database.ExecuteAsync("INFO", [section], CommandFlags.DemandMaster), cancellationToken))!);

    private static async Task<string?> ConfigAsync(IDatabase database, string name, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await database.ExecuteAsync("CONFIG", ["GET", name], CommandFlags.DemandMaster).WaitAsync(cancellationToken);
            return answer.Length == 2 ? (string?)answer[1] : null;
        }
        catch (RedisServerException)
        {
            return null; // forbidden
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && RedisFailures.IsUnavailable(failure))
        {
            throw new StoreUnavailableException(failure.Message, failure);
        }
    }
}
