using System.Collections.Concurrent;
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

    // More work than it can do is to be seen in its latency, not in calls that are given up.
    private const int PatienceMs = 60_000;

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
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.Address.ConnectionString},syncTimeout={PatienceMs}");
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
        await AllSucceedAsync(count, cancellationToken, () =>
        {
            while (Interlocked.Decrement(ref left) >= 0 && !cancellationToken.IsCancellationRequested) Enqueue(due: 0);
        });
        return clock.Elapsed;
    }

    private async Task AddAtRateAsync(PeerPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Timed == 0) return;
        using var dues = new BlockingCollection<long>();
        var succeeding = AllSucceedAsync(plan.Timed, cancellationToken, () =>
        {
            foreach (var due in dues.GetConsumingEnumerable(cancellationToken)) Enqueue(due);
        });
        await OpenLoop.RunAsync(plan.Rate, plan.Timed, Hand, cancellationToken);
        dues.CompleteAdding();
        await succeeding;

        Task Hand(long due)
        {
            dues.Add(due, CancellationToken.None);
            return Task.CompletedTask;
        }
    }

    /// <summary>Enqueues and returns when all of it is stored as succeeded.</summary>
    /// <param name="count">How many jobs that are.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <param name="enqueue">Run by as many threads as there are workers: there is no call for several jobs, and each waits for Redis. Not by those of the
    /// pool: what reads Redis's answers needs them.</param>
    private async Task AllSucceedAsync(int count, CancellationToken cancellationToken, Action enqueue)
    {
        _enqueued += count;
        var adding = Task.WhenAll(Enumerable.Range(0, _workers).Select(_ =>
            Task.Factory.StartNew(enqueue, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        for (long succeeded; (succeeded = Succeeded()) < _enqueued;)
        {
            if (adding.IsFaulted) break;
            _succeeded(succeeded);
            await Task.Delay(AskEvery, cancellationToken);
        }
        await adding;
    }

    private void Enqueue(long due)
    {
        var payload = StampedPayload.Text(due);
        try
        {
            _client.Enqueue<HangfireJob>(job => job.Run(payload));
        }
        catch (BackgroundJobClientException refused)
        {
            throw new InvalidOperationException($"Hangfire could not enqueue a job: {refused.InnerException?.Message}", refused);
        }
    }

    private long Succeeded()
    {
        var found = _monitor.GetStatistics();
        return found.Failed == 0 ? found.Succeeded : throw new InvalidOperationException($"{found.Failed} of Hangfire's jobs have failed.");
    }
}
