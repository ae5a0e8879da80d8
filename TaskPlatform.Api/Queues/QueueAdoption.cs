namespace TaskPlatform.Api.Queues;

/// <summary>
/// Takes over, once at the start, every queue that the store knows: leases must run out and dates must come although nobody calls. A queue
/// that another owner still holds, or a store that does not answer, is tried again until each queue was served once; a queue that is lost
/// later is not taken back from here.
/// </summary>
internal sealed class QueueAdoption(QueueOwners owners, TimeProvider time, ILogger<QueueAdoption> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Whether every queue that was there at the start is served, or known to be stopped.</summary>
    public bool IsDone { get; private set; }

    /// <summary>What held up the last try; empty when nothing did.</summary>
    public string WaitsFor { get; private set; } = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TryAdoptAsync(stoppingToken)) await Task.Delay(Pause, time, stoppingToken);
        IsDone = true;
    }

    private async Task<bool> TryAdoptAsync(CancellationToken cancellationToken)
    {
        try
        {
            var isWhole = true;
            foreach (var queue in await owners.ListAsync(cancellationToken)) isWhole &= await TryAdoptAsync(queue, cancellationToken);
            return isWhole;
        }
        catch (QueueUnavailableException exception)
        {
            Log.AdoptionWaits(logger, "*", WaitsFor = exception.Message);
            return false;
        }
    }

    private async Task<bool> TryAdoptAsync(string queue, CancellationToken cancellationToken)
    {
        try
        {
            await owners.FindAsync(queue, cancellationToken);
        }
        catch (QueueUnavailableException exception)
        {
            Log.AdoptionWaits(logger, queue, exception.Message);
            WaitsFor = $"{queue}: {exception.Message}";
            return owners.Stopped.ContainsKey(queue);
        }
        return true;
    }
}
