using System.Diagnostics;
using System.Globalization;
using Hangfire;
using Hangfire.Redis.StackExchange;
using Hangfire.Storage;
using StackExchange.Redis;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Peers;

/// <summary>Hangfire's lives, with its community storage for Redis: the server and those who enqueue are threads of this process.</summary>
internal sealed class HangfireMeasurement
{
    // What is stored can only be asked for; so often, asking costs about a percent and the end is known to a percent of a run.
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(25);

    private readonly BackgroundJobClient _client;
    private readonly IMonitoringApi _monitor;
    private readonly int _workers;
    private readonly Action<long> _succeeded;
    private long _enqueued;

    private HangfireMeasurement(JobStorage storage, int workers, Action<long> succeeded) =>
        (_client, _monitor, _workers, _succeeded) = (new BackgroundJobClient(storage), storage.GetMonitoringApi(), workers, succeeded);

    /// <param name="plan">How much.</param>
    /// <param name="agents">Workers of the server, and threads that enqueue; null for as many workers as Hangfire takes by itself.</param>
    /// <param name="redis">Where the jobs are.</param>
    /// <param name="progress">From 0 to 1.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<MeasurementResult> RunAsync(
        PeerPlan plan, int? agents, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var facts = EnvironmentFacts.Of(redis);
        var latencies = new LatencyRecorder();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Address.ConnectionString);
        // Braces keep all of it in one slot of a cluster, as the storage's documentation has it.
        var storage = new RedisStorage(connection, new RedisStorageOptions { Prefix = $"{{hangfire-{Guid.NewGuid():n}}}:" });
        var options = new BackgroundJobServerOptions { Activator = new HangfireJob.Activator(new HangfireJob(latencies)) };
        if (agents is { } workers) options.WorkerCount = workers;
        using var server = new BackgroundJobServer(options, storage);

        var run = new HangfireMeasurement(storage, options.WorkerCount, count => progress.Report((double)count / plan.All));
        await run.LiveAsync(plan.WarmUp, cancellationToken);
        var took = await run.LiveAsync(plan.Tasks, cancellationToken);
        await run.AddAtRateAsync(plan, cancellationToken);

        facts["Hangfire"] = $"{EnvironmentFacts.VersionOf(typeof(BackgroundJobServer))}, Hangfire.Redis.StackExchange {EnvironmentFacts.VersionOf(typeof(RedisStorage))}";
        facts["StackExchange.Redis"] = EnvironmentFacts.VersionOf(typeof(ConnectionMultiplexer));
        facts["workers"] = options.WorkerCount.ToString(CultureInfo.InvariantCulture);
        return new MeasurementResult("Hangfire", plan.Tasks, plan.Tasks / took.TotalSeconds, plan.Timed > 0 ? latencies.Figures(plan.Rate) : null, facts);
    }

    private async Task<TimeSpan> LiveAsync(int count, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var left = count;
        // It has no call for several jobs and each call waits for Redis: threads of their own, as many as work.
        var adding = Enumerable.Range(0, _workers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (Interlocked.Decrement(ref left) >= 0 && !cancellationToken.IsCancellationRequested) Enqueue(due: 0);
            },
            cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        _enqueued += count;
        await Task.WhenAll(WhenSucceededAsync(cancellationToken), Task.WhenAll(adding));
        return clock.Elapsed;
    }

    private async Task AddAtRateAsync(PeerPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Timed == 0) return;
        ThreadPool.SetMinThreads(Math.Max(_workers, 64), completionPortThreads: 1);
        _enqueued += plan.Timed;
        await OpenLoop.RunAsync(plan.Rate, plan.Timed, due => Task.Run(() => Enqueue(due), cancellationToken), cancellationToken);
        await WhenSucceededAsync(cancellationToken);
    }

    private void Enqueue(long due)
    {
        var payload = HangfireJob.Payload(due);
        _client.Enqueue<HangfireJob>(job => job.Run(payload));
    }

    /// <summary>Returns when all that was enqueued is stored as succeeded.</summary>
    private async Task WhenSucceededAsync(CancellationToken cancellationToken)
    {
        for (long succeeded; (succeeded = Succeeded()) < _enqueued;)
        {
            _succeeded(succeeded);
            await Task.Delay(AskEvery, cancellationToken);
        }
    }

    private long Succeeded()
    {
        var found = _monitor.GetStatistics();
        return found.Failed == 0 ? found.Succeeded : throw new InvalidOperationException($"{found.Failed} of Hangfire's jobs have failed.");
    }
}
