namespace TaskPlatform.Api.Queues;

/// <summary>
/// Takes over every queue that the store knows when the service starts, and takes back every queue that another owner took meanwhile: leases must run
/// out and dates must come although nobody calls. A queue that another owner still holds, or a store that does not answer, is tried again each
/// second; an owner whose lease runs is never pushed out.
/// </summary>
internal sealed class QueueAdoption(QueueOwners owners, TimeProvider time, ILogger<QueueAdoption> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _adopted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when every queue that was there at the start is served, or known to be stopped.</summary>
    public Task Adopted => _adopted.Task;

    /// <summary>What held up the last try; empty when nothing did.</summary>
    public string WaitsFor { get; private set; } = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TryAdoptAsync(stoppingToken)) await Task.Delay(Pause, time, stoppingToken);
        WaitsFor = "";
        _adopted.SetResult();
        while (true)
        {
            await Task.Delay(Pause, time, stoppingToken);
            foreach (var queue in owners.Lost.Keys) await TryAdoptAsync(queue, stoppingToken);
        }
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
            Wait("*", exception.Message);
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
            Wait(queue, exception.Message);
            return owners.Stopped.ContainsKey(queue);
        }
        return true;
    }

    // Tried each second, told when the reason is another.
    private void Wait(string queue, string reason)
    {
        var waitsFor = $"{queue}: {reason}";
        if (WaitsFor != waitsFor) Log.AdoptionWaits(logger, queue, reason);
        WaitsFor = waitsFor;
    }
}
