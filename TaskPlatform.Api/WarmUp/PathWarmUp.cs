using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Store;

namespace TaskPlatform.Api.WarmUp;

/// <summary>
/// Before the service says that it is ready, a task's way is gone some thousand times, so that the compiler has done most of its work when the first task
/// comes. It begins when the queues of the last run are served, since their agents wait; whoever calls earlier is answered, only slower.
/// </summary>
internal sealed class PathWarmUp(QueueAdoption adoption, IQueueStores stores, IOptions<WarmUpOptions> options, ILogger<PathWarmUp> logger)
    : BackgroundService, IHealthCheck
{
    /// <summary>No queue: nothing is ever stored under this name.</summary>
    private const string Rehearsal = "rehearsal";
    private const int LivesAtOnce = 100;

    // The runtime compiles anew, apart, what was called thirty times, once nothing new has come for a tenth of a second.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(110);

    private volatile bool _isWarm;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(_isWarm ? HealthCheckResult.Healthy("The path is warm.") : HealthCheckResult.Unhealthy($"The path is being warmed; it takes {options.Value.Seconds} s."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await adoption.Adopted.WaitAsync(stoppingToken);
        var clock = Stopwatch.StartNew();
        try
        {
            var lives = new RehearsedLives(stores.For(Rehearsal));
            while (clock.Elapsed.TotalSeconds < options.Value.Seconds)
            {
                for (var times = 0; times < 5; times++) await lives.LiveAsync(LivesAtOnce);
                await Task.Delay(Pause, stoppingToken);
            }
        }
        catch (StoreUnavailableException)
        {
            // The queues' own health says so.
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Colder than it could be is no reason not to serve.
            Log.WarmUpFailed(logger, exception);
        }
        _isWarm = true;
    }
}
