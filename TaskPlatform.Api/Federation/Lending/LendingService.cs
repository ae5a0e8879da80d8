using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>Listens to the queue: tasks that come are considered for offers, slots that become free for more work.</summary>
internal sealed class LendingService(NodeLoad load, Offers offers, WorkSeeker seeker, Mirrors mirrors, TimeProvider time, ILogger<LendingService> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // What an earlier process took is in the load before this one looks for more.
    private readonly TaskCompletionSource _hasResumed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(SeekAsync(stoppingToken), ListenAsync(stoppingToken));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await mirrors.StopAsync().WaitAsync(cancellationToken);
    }

    private async Task SeekAsync(CancellationToken stop)
    {
        await _hasResumed.Task.WaitAsync(stop);
        await seeker.RunAsync(stop);
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        var isFailing = false;
        while (true)
        {
            try
            {
                var owner = await load.OwnerAsync(stop);
                await mirrors.ResumeAsync(owner, stop);
                _hasResumed.TrySetResult();
                isFailing = false;
                // Ends when this reader is too slow, or the owner ends: hints alone get lost.
                await foreach (var happened in owner.Events.SubscribeAsync(lastEventId: null, stop)) Hear(happened, stop);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stop.IsCancellationRequested)
            {
                // Another process may decide for the queue: that is no news, however long it lasts.
                if (!isFailing) Log.NotListening(logger, failure.Message);
                isFailing = true;
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
