using TaskPlatform.Api.Analytics;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>What the queue's analytics measure of the owner's own work, and how their steps come into the store: with whatever else is committed.</summary>
public sealed partial class QueueOwner
{
    private long _appliedMicros;

    /// <summary>For gauges.</summary>
    internal QueueAnalytics Analytics => _analytics;

    /// <inheritdoc/>
    public AnalyticsView Analyse(QueueLoad load, long windowMs) => _analytics.Read(load, windowMs);

    /// <summary>A claim begins to wait: what comes is the wait's time, not the queue's.</summary>
    private void MeasureMailbox(Envelope envelope) => _analytics.Coordinated(Math.Max(0, _appliedMicros - envelope.SinceMicros));

    /// <summary>What is about to be answered has cost this: from the mailbox to now, its commit being over. Reads and refusals coordinate nothing.</summary>
    private void Measure(List<Answered> replies, long appliedMicros)
    {
        if (replies.Count == 0) return;
        var now = _clock.Micros();
        var spent = 0L;
        foreach (var (envelope, outcome) in replies)
        {
            if (outcome is Outcome.Refused || envelope.Command.OnlyReads() || envelope.Command.IsOwn()) continue;
            spent += now - envelope.SinceMicros;
            if (outcome is Outcome.Claimed { Grants.IsEmpty: false } claimed) MeasureGrants(claimed, envelope.SinceMicros, appliedMicros, now);
        }
        if (spent > 0) _analytics.Coordinated(spent);
    }

    private void MeasureGrants(Outcome.Claimed claimed, long since, long applied, long now)
    {
        foreach (var grant in claimed.Grants)
        {
            // A claim that was repeated is answered with a grant that was measured the first time.
            if (grant.Task.Lease is not { Callers: 1 } lease) continue;
            _analytics.Granted(now - Math.Max(since, applied - lease.WaitedMs * 1_000));
        }
    }

    private void EndStepIfOver(Moment now)
    {
        if (_analytics.IsOver(now.UnixMs)) EndStep(now);
    }

    /// <summary>
    /// One small record: five minutes of figures; or, when the service stops, what there is of them: the next owner goes on with it.
    /// </summary>
    private void EndStep(Moment now)
    {
        var step = _analytics.End(_engine.EndStep(now));
        if (_engine.Settings.Durability == Durability.Memory) return;
        var unit = _open ??= new Unit();
        unit.SinceTick = Math.Min(unit.SinceTick, now.TickMs);
        QueueCodec.Write(unit.Records, new RecordChange(step.Kind, step.Key, step));
    }
}
