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

    /// <summary>A clean stop: what is buffered is handed to the store, what was handed to it is still answered, then the queue is free.</summary>
    private async Task DrainAsync()
    {
        if (_end is not { MayBeTakenAgain: true } || _pipeline.Ended.IsCompleted) return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), _clock.Time);
        EndStep(_clock.Now());
        if (_open is { } unit) HandIn(unit);
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
        foreach (var (envelope, _) in _told.SelectMany(batch => batch.Replies)) envelope.Fail(reason);
        foreach (var envelope in _parked.Values) envelope.Fail(reason);
        Events.Close();
    }

    /// <summary>Callers are told soon that the store does not answer; their commands, once applied, stay applied.</summary>
    private void FailWaiting()
    {
        foreach (var (envelope, _) in _told.SelectMany(batch => batch.Replies)) envelope.Fail(Stalled());
        if (_serves != Serves.Nothing) return;
        for (var left = _mailbox.Count; left > 0 && _mailbox.TryTake(out var envelope); left--)
        {
            if (envelope.Command.IsOwn()) _mailbox.Add(envelope);
            else envelope.Fail(Stalled());
        }
    }
}
