namespace TaskPlatform.Api.Store;

public sealed partial class CommitPipeline
{
    private const long Answers = 0;

    private long _awaySince = Answers; // a timestamp while the store is away

    // Asks the store where it stands until it is known what is applied. Calls still under way are forgotten: should they yet be
    // run, they carry the same numbers with the same content.
    private async Task RecoverAsync(Trouble trouble, CancellationToken stop)
    {
        _calls.Clear();
        for (var failures = trouble == Trouble.NoAnswer ? 1 : 0; !_ended.Task.IsCompleted; failures++)
        {
            if (failures > 0) await BackOffAsync(failures, stop);
            try
            {
                if (await TryRecoverAsync(stop))
                {
                    TellStoreIsBack();
                    return;
                }
            }
            catch (StoreUnavailableException unavailable)
            {
                TellStoreIsAway(unavailable);
                Interlocked.Increment(ref _connection);
            }
        }
    }

    // Tried again and again while the store is away: said once, and once that it is back.
    private void TellStoreIsAway(StoreUnavailableException unavailable)
    {
        var now = Math.Max(1, _time.GetTimestamp());
        if (Interlocked.CompareExchange(ref _awaySince, now, Answers) == Answers) Log.StoreUnavailable(_logger, _store.Queue, unavailable.Message);
    }

    private void TellStoreIsBack()
    {
        if (Interlocked.Exchange(ref _awaySince, Answers) is var since and not Answers)
            Log.StoreBack(_logger, _store.Queue, _time.GetElapsedTime(since).TotalSeconds);
    }

    private async Task<bool> TryRecoverAsync(CancellationToken stop)
    {
        var call = new Call(null, _lease.Now(), Volatile.Read(ref _connection), _acknowledged);
        _lastCallAt = _time.GetTimestamp();
        var reply = await _store.CheckAsync(_owner).WaitAsync(stop);
        StoreAnswered();
        if (reply.Verdict == CommitVerdict.NotOwner) return await ReassertAsync(reply.Stored, stop);
        if (reply.Stored.Sequence < _acknowledged) return await SendAgainFromRingAsync(reply.Stored.Sequence, stop);
        if (reply.Stored.Sequence > Sequence)
        {
            return End(CommitFate.Regressed, $"the store has batch {reply.Stored.Sequence}, the owner sent only {Sequence}");
        }

        Good(call, reply);
        AcknowledgeUpTo(reply.Stored.Sequence);
        lock (_lock) _unsent = new(_unacknowledged);
        return true;
    }

    private void AcknowledgeUpTo(long sequence)
    {
        while (true)
        {
            Part? part;
            lock (_lock)
            {
                if (!_unacknowledged.TryPeek(out part) || part.Batch.Sequence > sequence) return;
            }

            Acknowledge(part, null);
        }
    }

    // The store came back with a shorter log, but with our takeover: nobody else has written since.
    private async Task<bool> SendAgainFromRingAsync(long stored, CancellationToken stop)
    {
        if (!_ring.ReachesBackTo(stored, _acknowledged))
        {
            return End(CommitFate.Regressed, $"the store went back to batch {stored}, {_acknowledged} was acknowledged, and the batches between are no longer held");
        }

        Log.SendingAgain(_logger, _store.Queue, stored, _acknowledged);
        foreach (var batch in _ring.TakeAgainAfter(stored))
        {
            StoreMetrics.Resent(_store.Queue);
            var reply = await _store.CommitAsync(_owner, batch).WaitAsync(stop);
            StoreAnswered();
            if (reply.Verdict is not (CommitVerdict.Applied or CommitVerdict.AlreadyApplied)) break;
        }

        return false;
    }

    // Somebody else's name stands in the store, or nobody's.
    private async Task<bool> ReassertAsync(StoredPosition stored, CancellationToken stop)
    {
        if (stored.Epoch > Epoch) return End(CommitFate.Fenced, $"a later owner has epoch {stored.Epoch}, ours is {Epoch}");
        if (stored.Epoch == Epoch)
        {
            // Our epoch was given out a second time, so our takeover is lost, and with it all that we had acknowledged.
            return End(
                _acknowledged > _found.Sequence ? CommitFate.Regressed : CommitFate.Fenced,
                $"the store lost the takeover of epoch {Epoch} and gave that epoch to another owner");
        }

        if (stored != _found || !_ring.ReachesBackTo(_found.Sequence, _acknowledged))
        {
            return End(
                CommitFate.Regressed,
                $"the store went back to epoch {stored.Epoch}, batch {stored.Sequence}; taken over at epoch {_found.Epoch}, batch {_found.Sequence}, {_acknowledged} was acknowledged");
        }

        Log.Reasserting(_logger, _store.Queue, Epoch, stored.Epoch);
        var reply = await _store.ReassertAsync(_owner, _instance, _found).WaitAsync(stop);
        return reply.Verdict == CommitVerdict.NotOwner && reply.Stored == _found
            && End(CommitFate.Regressed, "the store lost the queue's meta hash but not its records");
    }

    // Ends early when the connection is made again.
    private async Task BackOffAsync(int failures, CancellationToken stop)
    {
        var doubled = _options.FirstBackOff * Math.Pow(2, Math.Min(failures - 1, 16));
        var wait = doubled < _options.LongestBackOff ? doubled : _options.LongestBackOff;
        var begun = _time.GetTimestamp();
        var changes = Volatile.Read(ref _connectionChanges);
        await using var timer = _time.CreateTimer(_ => _wakeup.Set(), null, wait, Timeout.InfiniteTimeSpan);
        while (_time.GetElapsedTime(begun) < wait && changes == Volatile.Read(ref _connectionChanges)) await _wakeup.WaitAsync(stop);
    }

    private bool End(CommitFate fate, string reason)
    {
        Log.PipelineEnded(_logger, _store.Queue, fate, reason);
        StoreMetrics.Ended(_store.Queue, fate);
        lock (_lock)
        {
            _ended.TrySetResult(new(fate, reason));
            foreach (var unit in _units) unit.Fate.TrySetResult(fate);
            Forget();
        }

        return true;
    }
}
