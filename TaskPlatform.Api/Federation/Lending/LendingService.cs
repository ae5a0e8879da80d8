using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>Listens to the queue: tasks that come are considered for offers, slots that become free for more work.</summary>
internal sealed class LendingService(NodeLoad load, Offers offers, WorkSeeker seeker, Mirrors mirrors, TimeProvider time, ILogger<LendingService> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(SeekAsync(stoppingToken), ListenAsync(stoppingToken));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await mirrors.StopAsync().WaitAsync(cancellationToken);
    }

    private async Task SeekAsync(CancellationToken stop)
    {
        // Loaded once before it looks for more: what an earlier process took is in the load then.
        while (!await TryResumeAsync(stop)) await Task.Delay(Pause, time, stop);
        await seeker.RunAsync(stop);
    }

    private async Task<bool> TryResumeAsync(CancellationToken stop)
    {
        try
        {
            await mirrors.ResumeAsync(stop);
            return true;
        }
        catch (QueueUnavailableException unavailable)
        {
            Log.NotResumed(logger, unavailable.Message);
            return false;
        }
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var owner = await load.OwnerAsync(stop);
                // Ends when this reader is too slow, or the owner ends: hints alone get lost.
                await foreach (var happened in owner.Events.SubscribeAsync(lastEventId: null, stop)) Hear(happened, stop);
            }
            catch (QueueUnavailableException)
            {
                // Nobody decides for the queue now.
            }
            await Task.Delay(Pause, time, stop);
        }
    }

    private void Hear(QueueEvent happened, CancellationToken stop)
    {
        if (happened.EndedAttempt is not null || happened.IsFinal) seeker.Wake();
        else if (happened.Kind is TaskEvent.Submitted or TaskEvent.Ready && happened.Type is { } type && load.Types.Contains(type)
            && happened.State == Words.Of(TaskState.Pending)) offers.Consider(happened.TaskId, type, stop);
    }
}
