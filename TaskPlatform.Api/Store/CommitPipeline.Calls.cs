namespace TaskPlatform.Api.Store;

public sealed partial class CommitPipeline
{
    private readonly Queue<Call> _calls = new();
    private long _acknowledged;
    private long _lastCallAt;
    private long _connection = 1;
    private long _verifiedConnection;
    private long _connectionChanges;

    // The connection is the one on which the store was last seen to have everything, and the lease runs.
    private bool IsOwnerForCertain =>
        Volatile.Read(ref _verifiedConnection) == Volatile.Read(ref _connection) && _lease.Holds();

    private async Task RunAsync(CancellationToken stop)
    {
        await Task.Yield();
        try
        {
            while (!_ended.Task.IsCompleted)
            {
                StartCalls();
                await _wakeup.WaitAsync(stop);
                if (HearAnswers() is { } trouble) await RecoverAsync(trouble, stop);
                AnswerUnits();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            CancelWaiting();
        }
        catch (Exception broken)
        {
            // A mistake in this class. Nobody may wait forever for it, and nothing may be told to be durable.
            Log.PipelineBroken(_logger, _store.Queue, broken);
            Fail(broken);
        }
    }

    // Only the loop sends, so batches leave in the order of their numbers.
    private void StartCalls()
    {
        while (_calls.Count < _options.UnitsInFlight && NextUnsent() is { } part) Start(part);
        if (_calls.Count == 0 && NeedsCheck()) Start(null);
    }

    private Part? NextUnsent()
    {
        lock (_lock) return _unsent.TryDequeue(out var part) ? part : null;
    }

    private bool NeedsCheck()
    {
        if (Volatile.Read(ref _verifiedConnection) != Volatile.Read(ref _connection)) return true;
        if (_time.GetElapsedTime(_lastCallAt) >= _options.RenewAfter) return true;
        lock (_lock) return _units.TryPeek(out var unit) && !unit.HasChanges && !_lease.Holds();
    }

    private void Start(Part? part)
    {
        _lastCallAt = _time.GetTimestamp();
        if (part is not null && part.TimesSent++ > 0) StoreMetrics.Resent(_store.Queue);
        var call = new Call(part, _lease.Now(), Volatile.Read(ref _connection), _acknowledged);
        _calls.Enqueue(call);
        call.Sent = SendAsync(call);
    }

    private async Task SendAsync(Call call)
    {
        try
        {
            var reply = await (call.Part is { } part ? _store.CommitAsync(_owner, part.Batch) : _store.CheckAsync(_owner));
            StoreAnswered();
            call.Answer(reply);
        }
        catch (StoreUnavailableException unavailable)
        {
            TellStoreIsAway(unavailable);
            Interlocked.Increment(ref _connection);
            call.Answer(null);
        }
        catch (Exception broken)
        {
            call.Break(broken);
        }

        _wakeup.Set();
    }

    private void StoreAnswered() => Volatile.Write(ref _answeredAt, _time.GetTimestamp());

    // In the order of sending. Returns what went wrong with the first call that has no good answer.
    private Trouble? HearAnswers()
    {
        while (_calls.TryPeek(out var call) && call.IsAnswered)
        {
            _calls.Dequeue();
            if (Hear(call, call.Reply) is { } trouble) return trouble;
        }

        return null;
    }

    private Trouble? Hear(Call call, CommitReply? answer)
    {
        if (answer is not { } reply) return Trouble.NoAnswer;
        if (reply.Verdict is not (CommitVerdict.Applied or CommitVerdict.AlreadyApplied)) return Trouble.Refused;
        if (call.Part is null && reply.Stored.Sequence < call.AcknowledgedWhenSent) return Trouble.Refused;
        Good(call, reply);
        if (call.Part is { } part) Acknowledge(part, call);
        return null;
    }

    private void Good(Call call, CommitReply reply)
    {
        // A repeat that was already applied did not renew the lease.
        if (reply.Verdict == CommitVerdict.Applied) _lease.RenewedByCallSentAt(call.SentAt);
        _ring.StoreAnswered();
        if (call.Connection > Volatile.Read(ref _verifiedConnection)) Volatile.Write(ref _verifiedConnection, call.Connection);
    }

    private void Acknowledge(Part part, Call? call)
    {
        if (call is not null) StoreMetrics.Committed(_store.Queue, part.Batch, _time.GetElapsedTime(call.SentAt.Monotonic));
        lock (_lock)
        {
            if (_unacknowledged.Dequeue() != part || part.Batch.Sequence != _acknowledged + 1)
                throw new InvalidOperationException($"Batch {part.Batch.Sequence} was acknowledged out of order after {_acknowledged}.");
            _acknowledged = part.Batch.Sequence;
            _ring.Add(part.Batch);
            part.Unit.PartsLeft--;
        }
    }

    // In the order of handing in. A unit without changes has everything before it durable when it is at the head; then all that
    // counts is that the owner still owns the queue. It holds up what comes after it, also what is already stored.
    private void AnswerUnits()
    {
        lock (_lock)
        {
            while (_units.TryPeek(out var unit) && (unit.HasChanges ? unit.PartsLeft == 0 : IsOwnerForCertain))
            {
                _units.Dequeue();
                if (unit.HasChanges) _writesWaiting--;
                unit.Fate.TrySetResult(CommitFate.Durable);
            }

            TellOfRoom();
        }
    }

    private void OnConnectionChanged()
    {
        Interlocked.Increment(ref _connection);
        Interlocked.Increment(ref _connectionChanges);
        _wakeup.Set();
    }

    private void CancelWaiting()
    {
        lock (_lock)
        {
            foreach (var unit in _units) unit.Fate.TrySetCanceled(_stop.Token);
            Forget();
        }
    }

    private void Fail(Exception broken)
    {
        lock (_lock)
        {
            _ended.TrySetException(broken);
            foreach (var unit in _units) unit.Fate.TrySetException(broken);
            Forget();
        }
    }

    private void Forget()
    {
        _units.Clear();
        _unsent.Clear();
        _unacknowledged.Clear();
        _writesWaiting = 0;
        _room?.TrySetResult();
    }

    private enum Trouble
    {
        /// <summary>An error or no answer: what happened is not known.</summary>
        NoAnswer,

        /// <summary>An answer that says that something before is missing or that somebody else owns the queue.</summary>
        Refused,
    }

    /// <summary>A call under way; without a part it is a check.</summary>
    private sealed class Call(Part? part, OwnerLease.Moment sentAt, long connection, long acknowledgedWhenSent)
    {
        private volatile bool _answered;
        private CommitReply? _reply;
        private Exception? _broken;

        public Part? Part { get; } = part;

        public OwnerLease.Moment SentAt { get; } = sentAt;

        public long Connection { get; } = connection;

        public long AcknowledgedWhenSent { get; } = acknowledgedWhenSent;

        public Task Sent { get; set; } = Task.CompletedTask;

        public bool IsAnswered => _answered;

        /// <summary>The answer; null when the outcome is unknown.</summary>
        public CommitReply? Reply => _broken is null ? _reply : throw new InvalidOperationException("The store failed unexpectedly.", _broken);

        public void Answer(CommitReply? reply) => (_reply, _answered) = (reply, true);

        public void Break(Exception broken) => (_broken, _answered) = (broken, true);
    }
}
