using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>The loop: what is committed is told, what waits is applied.</summary>
public sealed partial class QueueOwner
{
    private const int BatchCommands = 2_048;

    private readonly Dictionary<Command, SingleEnvelope> _parked = new(ReferenceEqualityComparer.Instance);

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
            // A broken rule or a record that cannot be written or read: nothing more may be answered from this memory.
            Log.OwnerBroke(_logger, Queue, exception);
            End(new OwnerEnd($"The queue's owner broke: {exception.Message}", MayBeTakenAgain: false));
        }
        FailEverybody();
        _ended.TrySetResult(_end!);
    }

    private async Task StepAsync()
    {
        TellWhatIsCommitted();
        // One look at the clock: if the process stands still after it, nothing is due yet that it could not have heard of, and the next step notices.
        var now = _clock.Now();
        NoticeOutage(now);
        if (_end is not null) return;
        if (MayApply() && (HasSomethingToApply() || IsSomethingDue(now))) ApplyBatch(now);
        HandInWhatIsDue();
        if (MayApply() && HasSomethingToApply())
        {
            // It goes on at once, so that a later step is late by what passes from here on, however long ago it last rested.
            _wakesBy = now;
            return;
        }
        SetTimer();
        await _wakeup.WaitAsync(_stopping.Token);
    }

    /// <summary>A buffered queue goes on in memory while the store has no room for more; any other waits, and what it commits gets larger.</summary>
    private bool MayApply() => IsBuffered || (_pipeline.HasRoom && !_isLate);

    private bool HasSomethingToApply()
        => _mailbox.Count > 0 || (MayChange && (_engine.HasWork || _engine.HasChanges || !_brought.IsEmpty));

    private bool IsSomethingDue(Moment now)
    {
        if (_isLate) return false;
        if (_analytics.IsOver(now.UnixMs)) return true;
        var due = _engine.NextDeadline;
        return due.TickMs <= now.TickMs || due.UnixMs <= now.UnixMs;
    }

    private void ApplyBatch(Moment now)
    {
        var replies = new List<Answered>();
        _appliedMicros = _clock.Micros();
        // No agent may lose its lease because the store kept it from being heard.
        if (!_isLate) _engine.Tick(now);
        if (MayChange) BringWhatWasRead(now);
        ApplyCommands(replies, now);
        if (MayChange) _engine.Advance(now);
        foreach (var (command, answer) in _engine.TakeAnswers())
        {
            if (!_parked.Remove(command, out var waiting)) continue;
            waiting.SinceMicros = _appliedMicros;
            replies.Add(new Answered(waiting, answer));
        }
        EndStepIfOver(now);
        Commit(replies, now);
        Want(_engine.TakeWanted());
    }

    private void ApplyCommands(List<Answered> replies, Moment now)
    {
        var probes = 0;
        var count = 0;
        for (; count < BatchCommands && _mailbox.TryTake(out var envelope); count++)
        {
            if (envelope.Command is Command.Probe) probes++;
            Apply(envelope, replies, now);
        }
        StoreMetrics.Applied(Queue, count - probes);
    }

    private void Apply(Envelope envelope, List<Answered> replies, Moment now)
    {
        var command = envelope.Command;
        if (envelope is SingleEnvelope { IsCallerGone: true } gone && command is Command.Claim)
        {
            gone.Abandon();
            return;
        }
        if (!IsServed(command))
        {
            envelope.Fail(Stalled());
            return;
        }
        var outcome = _engine.Apply(command, now);
        if (command is Command.AbandonClaim abandoned) Forget(abandoned.Waiting);
        if (outcome is Outcome.Parked) Park((SingleEnvelope)envelope);
        else replies.Add(new Answered(envelope, outcome));
    }

    /// <summary>A claim that waits goes with its caller; a retry that waits for its records is carried out in any case.</summary>
    private void Park(SingleEnvelope envelope)
    {
        _parked.Add(envelope.Command, envelope);
        MeasureMailbox(envelope);
        if (envelope.Command is Command.Claim claim) envelope.WhenCallerGone(() => Post(new Command.AbandonClaim(claim)));
    }

    private void Forget(Command.Claim claim)
    {
        if (_parked.Remove(claim, out var envelope)) envelope.Abandon();
    }

    /// <summary>A command of the owner's own; nobody waits for its answer.</summary>
    private void Post(Command command)
    {
        _mailbox.Add(new SingleEnvelope(command, CancellationToken.None));
        _wakeup.Set();
    }
}
