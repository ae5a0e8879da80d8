using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>The loop: what is committed is told, what waits is applied.</summary>
public sealed partial class QueueOwner
{
    /// <summary>Commands that are committed together, and what is to be told once they are.</summary>
    private sealed record Batch(
        Task<CommitFate> Fate,
        long Sequence,
        List<(Envelope Envelope, Outcome Outcome)> Replies,
        EngineChanges Changes,
        IReadOnlyList<TaskEvent> Events,
        Moment AppliedAt,
        TimeSpan Patience);

    private async Task RunAsync()
    {
        try
        {
            while (_end is null) await StepAsync();
            await DrainAsync();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            await DrainAsync();
        }
        catch (Exception exception)
        {
            // A broken rule or a record that cannot be written: nothing more may be answered from this memory.
            Log.OwnerBroke(_logger, Queue, exception);
            End(new OwnerEnd($"The queue's owner broke: {exception.Message}", MayBeTakenAgain: false));
        }
        FailEverybody();
        _ended.TrySetResult(_end!);
    }

    private async Task StepAsync()
    {
        TellWhatIsCommitted();
        NoticeOutage();
        if (_end is not null) return;
        if (_pipeline.HasRoom && !_isLate && (HasSomethingToApply() || IsSomethingDue())) ApplyBatch();
        if (_pipeline.HasRoom && !_isLate && HasSomethingToApply()) return;
        SetTimer();
        await _wakeup.WaitAsync(_stopping.Token);
    }

    private bool HasSomethingToApply() => _mailbox.Count > 0 || _engine.HasWork || _toDelete.Count > 0;

    private bool IsSomethingDue()
    {
        var (due, now) = (_engine.NextDeadline, _clock.Now());
        return due.TickMs <= now.TickMs || due.UnixMs <= now.UnixMs;
    }

    private void ApplyBatch()
    {
        var now = _clock.Now();
        var replies = new List<(Envelope, Outcome)>();
        _engine.Tick(now);
        var probes = 0;
        var count = 0;
        for (; count < BatchCommands && _mailbox.TryTake(out var envelope); count++)
        {
            if (envelope.Command is Command.Probe) probes++;
            Apply(envelope, replies, now);
        }
        StoreMetrics.Applied(Queue, count - probes);
        _engine.Advance(now);
        foreach (var (claim, answer) in _engine.TakeAnswers())
        {
            if (_parked.Remove(claim, out var waiting)) replies.Add((waiting, answer));
        }
        Commit(replies, now);
    }

    private void Apply(Envelope envelope, List<(Envelope, Outcome)> replies, Moment now)
    {
        if (envelope.IsCallerGone && envelope.Command is Command.Claim) return;
        var outcome = _engine.Apply(envelope.Command, now);
        if (envelope.Command is Command.AbandonClaim abandoned) Forget(abandoned.Waiting);
        if (outcome is Outcome.Parked) Park((Command.Claim)envelope.Command, envelope);
        else replies.Add((envelope, outcome));
    }

    private void Park(Command.Claim claim, Envelope envelope)
    {
        _parked.Add(claim, envelope);
        envelope.WhenCallerGone(() => Post(new Command.AbandonClaim(claim)));
    }

    private void Forget(Command.Claim claim)
    {
        if (_parked.Remove(claim, out var envelope)) envelope.Abandon();
    }

    /// <summary>A command of the owner's own; nobody waits for its answer.</summary>
    private void Post(Command command)
    {
        _mailbox.TryAdd(new Envelope(command, CancellationToken.None));
        _wakeup.Set();
    }

    private void Commit(List<(Envelope, Outcome)> replies, Moment now)
    {
        var changes = _engine.TakeChanges();
        var records = QueueCodec.Write(changes, _toDelete);
        var patience = Outage + TimeSpan.FromSeconds(records.Bytes / SlowBytesPerSecond);
        var fate = _pipeline.CommitAsync(records);
        _toDelete = [];
        _inFlight.Enqueue(new Batch(fate, _pipeline.Sequence, replies, changes, _engine.TakeEvents(), now, patience));
        if (fate.IsCompleted) _wakeup.Set();
        else fate.ContinueWith(_ => _wakeup.Set(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void TellWhatIsCommitted()
    {
        while (_inFlight.TryPeek(out var batch) && batch.Fate.IsCompleted)
        {
            var fate = batch.Fate.GetAwaiter().GetResult();
            if (fate != CommitFate.Durable)
            {
                EndBecause(fate);
                return;
            }
            _inFlight.Dequeue();
            Tell(batch);
        }
    }

    private void Tell(Batch batch)
    {
        var now = _clock.Now();
        foreach (var (envelope, outcome) in batch.Replies)
        {
            if (outcome is Outcome.Claimed claimed) StartLeases(claimed, now);
            if (!envelope.TryAnswer(new QueueReply(outcome, now.UnixMs)) && outcome is Outcome.Claimed unheard) GiveBack(unheard);
        }
        foreach (var change in batch.Changes.Tasks) _engine.Unload(change.Task);
        TaskTelemetry.Tell(Queue, batch.Events, _logger);
        _services.Announcer.Announce(this, batch.Events, _pipeline.Epoch, batch.Sequence, batch.AppliedAt.UnixMs);
    }

    private void StartLeases(Outcome.Claimed claimed, Moment now)
    {
        foreach (var grant in claimed.Grants) _engine.StartLease(grant.Task.Id, grant.Task.Lease!.Token, now);
    }

    /// <summary>Nobody heard of these leases: without this each would hold its task until it ran out.</summary>
    private void GiveBack(Outcome.Claimed unheard)
    {
        foreach (var grant in unheard.Grants) Post(new Command.Ungrant(grant.Task.Id, grant.Task.Lease!.Token));
    }

    /// <summary>
    /// While the store keeps the owner waiting, or after the process itself stood still, no agent could be heard: no lease expires
    /// meanwhile, and each gets its full time again afterwards.
    /// </summary>
    private void NoticeOutage()
    {
        var now = _clock.Now();
        var stoodStill = _wakesBy.TickMs != Moment.Never && now.TickMs > _wakesBy.TickMs + (long)Outage.TotalMilliseconds;
        var oldest = _pipeline.OldestUnacknowledged;
        var (wasLate, wasAway) = (_isLate, _isAway);
        _isLate = oldest > Outage;
        _isAway = oldest > (_inFlight.TryPeek(out var batch) ? batch.Patience : Outage);
        if (_isAway) FailWaiting();
        if (_isAway && !wasAway) Log.StoreStalled(_logger, Queue);
        if (!_isAway && wasAway) Log.StoreAnswers(_logger, Queue);
        if (stoodStill || (wasLate && !_isLate)) _engine.RegrantLeases(now);
        if (_pipeline.Ended.IsCompleted) EndBecause(_pipeline.Ended.GetAwaiter().GetResult());
    }

    private void SetTimer()
    {
        var (due, now) = (_engine.NextDeadline, _clock.Now());
        // The wall clock may be stepped: a date is looked at again each second, not only when it should be due.
        var untilDate = due.UnixMs == Moment.Never ? Moment.Never : Math.Min(due.UnixMs - now.UnixMs, 1_000);
        var untilTick = due.TickMs == Moment.Never ? Moment.Never : due.TickMs - now.TickMs;
        var untilOutage = _inFlight.Count > 0 ? (long)Outage.TotalMilliseconds : Moment.Never;
        var until = Math.Min(Math.Min(untilDate, untilTick), untilOutage);
        _wakesBy = now with { TickMs = until == Moment.Never ? Moment.Never : now.TickMs + Math.Max(0, until) };
        _timer.Change(until == Moment.Never ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Clamp(until, 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }
}
