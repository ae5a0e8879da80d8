using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>How an owner comes to its end, and what its callers hear.</summary>
public sealed partial class QueueOwner
{
    private void EndBecause(CommitFate fate) => EndBecause(new CommitEnd(fate, fate.ToString()));

    private void EndBecause(CommitEnd end)
    {
        Log.OwnerEnded(_logger, Queue, end.Fate, end.Reason);
        End(end.Fate == CommitFate.Regressed
            ? new OwnerEnd($"store-regressed: the store came back without what it had acknowledged. {end.Reason}", MayBeTakenAgain: false)
            : new OwnerEnd("Another owner has taken the queue over.", MayBeTakenAgain: true));
    }

    /// <summary>A clean stop: what was handed to the store is still answered, then the queue is free.</summary>
    private async Task DrainAsync()
    {
        if (_end is not { MayBeTakenAgain: true } || _pipeline.Ended.IsCompleted) return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), _clock.Time);
        try
        {
            await _pipeline.ReleaseAsync(patience.Token);
            TellWhatIsCommitted();
        }
        catch (Exception exception) when (exception is OperationCanceledException or StoreUnavailableException)
        {
            Log.ReleaseFailed(_logger, Queue, exception.Message);
        }
    }

    private void FailEverybody()
    {
        var reason = QueueUnavailableException.Because(_end!.Reason);
        while (_mailbox.TryTake(out var envelope)) envelope.Fail(reason);
        foreach (var (envelope, _) in _inFlight.SelectMany(batch => batch.Replies)) envelope.Fail(reason);
        foreach (var envelope in _parked.Values) envelope.Fail(reason);
        Events.Close();
    }

    /// <summary>Callers are told soon that the store does not answer; their commands, once applied, stay applied.</summary>
    private void FailWaiting()
    {
        while (_mailbox.TryTake(out var envelope)) envelope.Fail(Stalled());
        foreach (var (envelope, _) in _inFlight.SelectMany(batch => batch.Replies)) envelope.Fail(Stalled());
    }
}
