using System.Globalization;
using StackExchange.Redis;

namespace TaskPlatform.Api.Store;

/// <summary>One run of a server, from its start to its end. Garnet keeps its run id over restarts, so the start counts as well.</summary>
/// <param name="RunId">What the server calls it.</param>
/// <param name="Started">When it started, on this machine's monotonic clock.</param>
internal sealed record RedisRun(string RunId, TimeSpan Started)
{
    // Uptime comes in whole seconds, asked and answered at slightly different times.
    private static readonly TimeSpan Blur = TimeSpan.FromSeconds(2);

    public static async Task<RedisRun> NowAsync(IDatabase database, TimeProvider time, CancellationToken cancellationToken)
    {
        var info = (string)(await RedisCalls.RunAsync(database.ExecuteAsync("INFO", ["server"], CommandFlags.DemandMaster), cancellationToken))!;
        var fields = RedisInfo.Parse(info);
        var uptime = long.Parse(fields.GetValueOrDefault("uptime_in_seconds", "0"), CultureInfo.InvariantCulture);
        return new(fields.GetValueOrDefault("run_id", ""), time.GetElapsedTime(0) - TimeSpan.FromSeconds(uptime));
    }

    public bool IsSameAs(RedisRun other) => RunId == other.RunId && (Started - other.Started).Duration() <= Blur;
}
