using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using TaskPlatform.Api.Store;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Limit;

/// <summary>
/// The service's writes without the service: batches made before the clock starts go through its own pipeline, two in flight, fenced and numbered.
/// No rules, no HTTP: no service that writes so can have more lives a second on this Redis.
/// </summary>
internal static class LimitMeasurement
{
    // Batches of so many lives are in memory at a time, about a kilobyte each.
    private const int LivesPerRound = 20_000;
    private const int WarmUpLives = 2_000;
    private const int RecordsPerLife = 3;

    /// <param name="tasks">How many lives.</param>
    /// <param name="batch">Submits and completions in one script.</param>
    /// <param name="redis">Where they are written.</param>
    /// <param name="progress">From 0 to 1.</param>
    /// <param name="cancellationToken">Ends it between two rounds.</param>
    public static async Task<MeasurementResult> RunAsync(
        int tasks, int batch, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var facts = EnvironmentFacts.Of(redis);
        var queue = $"limit-{Guid.NewGuid():n}";
        await using var connections = new RedisConnections(redis.Address.ConnectionString, NullLogger<RedisConnections>.Instance);
        var store = new RedisQueueStores(connections, TimeProvider.System).For(queue);
        var taken = (Takeover.Acquired)await store.TakeOverAsync(queue, cancellationToken);
        await using var pipeline = new CommitPipeline(
            store, queue, taken, new CommitPipelineOptions(), TimeProvider.System, NullLogger<CommitPipeline>.Instance);

        var lives = new LifeBatches(batch);
        await WriteAsync(pipeline, lives.Make(WarmUpLives));
        var written = new Written();
        for (var left = tasks; left > 0; left -= LivesPerRound)
        {
            cancellationToken.ThrowIfCancellationRequested();
            written += await WriteAsync(pipeline, lives.Make(Math.Min(left, LivesPerRound)));
            progress.Report(1 - (double)Math.Max(left - LivesPerRound, 0) / tasks);
        }
        await ThrowUnlessStoredAsync(connections, queue, RecordsPerLife * (WarmUpLives + tasks));

        facts["StackExchange.Redis"] = EnvironmentFacts.VersionOf(typeof(ConnectionMultiplexer));
        facts["payload"] = $"{EngineBed.PayloadBytes} bytes";
        facts["scripts"] = string.Create(CultureInfo.InvariantCulture, $"{written.Batches}, {new CommitPipelineOptions().UnitsInFlight} in flight");
        facts["written a life"] = string.Create(
            CultureInfo.InvariantCulture, $"{(double)written.Records / tasks:0.00} records, {(double)written.Bytes / tasks:0} bytes");
        return new MeasurementResult("Limit of the store", tasks, tasks / written.Time.TotalSeconds, null, facts);
    }

    private static async Task<Written> WriteAsync(CommitPipeline pipeline, List<ChangeSet> batches)
    {
        var fates = new List<Task<CommitFate>>(batches.Count);
        var clock = Stopwatch.StartNew();
        foreach (var batch in batches)
        {
            await pipeline.WhenRoom();
            fates.Add(pipeline.CommitAsync(batch));
        }
        if ((await Task.WhenAll(fates)).Any(fate => fate != CommitFate.Durable)) throw new InvalidOperationException("A batch was not stored.");
        return new Written(clock.Elapsed, batches.Count, batches.Sum(batch => (long)batch.Count), batches.Sum(batch => batch.Bytes));
    }

    private static async Task ThrowUnlessStoredAsync(RedisConnections connections, string queue, long expected)
    {
        var stored = await (await connections.OtherAsync()).HashLengthAsync($"tp:{{{queue}}}:tasks");
        if (stored != expected) throw new InvalidOperationException($"Of {expected} records {stored} are stored.");
    }

    private readonly record struct Written(TimeSpan Time, int Batches, long Records, long Bytes)
    {
        public static Written operator +(Written one, Written other) =>
            new(one.Time + other.Time, one.Batches + other.Batches, one.Records + other.Records, one.Bytes + other.Bytes);
    }
}
