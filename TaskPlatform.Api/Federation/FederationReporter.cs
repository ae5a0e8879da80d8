using TaskPlatform.Api.Queues;

namespace TaskPlatform.Api.Federation;

/// <summary>Reports as often as the aggregator asks for. When it cannot, it says so once and goes on trying.</summary>
internal sealed class FederationReporter(FederationNode node, TimeProvider time, ILogger<FederationReporter> logger) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(15);

    private bool isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true) await Task.Delay(await TryReportAsync(stoppingToken), time, stoppingToken);
    }

    private async Task<TimeSpan> TryReportAsync(CancellationToken stoppingToken)
    {
        try
        {
            var pause = await node.ReportAsync(stoppingToken);
            isFailing = false;
            return pause;
        }
        catch (Exception failure) when (MayPass(failure) && !stoppingToken.IsCancellationRequested)
        {
            if (!isFailing) Log.NotReported(logger, failure.Message);
            isFailing = true;
            return RetryPause;
        }
    }

    // An HttpClient's own timeout is a cancellation too.
    private static bool MayPass(Exception failure) => failure is HttpRequestException or QueueUnavailableException or OperationCanceledException;
}
