using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>
/// While the store keeps the owner waiting, or after the process itself stood still, no agent could be heard: no lease expires meanwhile, and each
/// gets its full time again afterwards. A buffered queue goes on in memory for a while.
/// </summary>
public sealed partial class QueueOwner
{
    /// <summary>A store that takes longer than this is late: no lease expires meanwhile.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(1);

    /// <summary>How long what was answered may be in memory alone.</summary>
    private static readonly TimeSpan BufferedMost = TimeSpan.FromSeconds(5);

    private Moment _wakesBy = new(Moment.Never, Moment.Never);
    private int _gaps;
    private bool _isLate;
    private bool _isAway;
    private volatile Serves _serves;

    /// <summary>What is served, the store being as it is.</summary>
    private enum Serves : byte
    {
        /// <summary>The store answers.</summary>
        Everything,

        /// <summary>A buffered queue: everything but claims, since leases are promised to be stored.</summary>
        AllButClaims,

        /// <summary>A buffered queue: as much is in memory alone as may be.</summary>
        Reads,

        /// <summary>Callers are told to come again.</summary>
        Nothing,
    }

    private bool MayChange => _serves is Serves.Everything or Serves.AllButClaims;

    private bool IsServed(Command command) => _serves switch
    {
        Serves.Everything => true,
        Serves.AllButClaims => command is not (Command.Claim or Command.Lend),
        Serves.Reads => command.OnlyReads() || command.IsOwn(),
        _ => command.IsOwn(),
    };

    private void NoticeOutage(Moment now)
    {
        var stoodStill = StoodStill(now);
        var oldest = _pipeline.OldestUnacknowledged;
        var (wasLate, served) = (_isLate, _serves);
        _isLate = oldest > Outage;
        _isAway = oldest > (_handedIn.TryPeek(out var unit) ? unit.Patience : Outage);
        _serves = WhatIsServed(now);
        if (_isAway) FailWaiting();
        if (IsStalled && served == Serves.Everything) Log.StoreStalled(_logger, Queue);
        if (!IsStalled && served != Serves.Everything) Log.StoreAnswers(_logger, Queue);
        if (stoodStill || (wasLate && !_isLate)) _engine.RegrantLeases(now);
        if (_pipeline.Ended.IsCompleted) EndBecause(_pipeline.Ended.GetAwaiter().GetResult());
    }

    /// <summary>
    /// Whether it goes on a second later than it meant to, or the process says so: it may have stood still for long and yet go on soon after a lease ended.
    /// </summary>
    private bool StoodStill(Moment now)
    {
        var isLate = _wakesBy.TickMs != Moment.Never && now.TickMs > _wakesBy.TickMs + (long)Outage.TotalMilliseconds;
        var before = _gaps;
        _gaps = _services.Pulse?.Gaps ?? 0;
        return isLate || _gaps != before;
    }

    private Serves WhatIsServed(Moment now)
    {
        if (!IsBuffered) return _isAway ? Serves.Nothing : Serves.Everything;
        if (_isAway && !_pipeline.HoldsLease) return Serves.Nothing;
        if (OldestUnstored(now) > BufferedMost) return Serves.Reads;
        return _isAway ? Serves.AllButClaims : Serves.Everything;
    }

    private TimeSpan OldestUnstored(Moment now)
    {
        var since = _handedIn.TryPeek(out var unit) ? Math.Min(unit.SinceTick, _open?.SinceTick ?? Moment.Never) : _open?.SinceTick ?? Moment.Never;
        return since == Moment.Never ? TimeSpan.Zero : TimeSpan.FromMilliseconds(now.TickMs - since);
    }

    private void SetTimer()
    {
        var now = _clock.Now();
        var until = Math.Min(UntilDue(now), UntilHandedIn(now));
        if (_handedIn.Count > 0) until = Math.Min(until, (long)Outage.TotalMilliseconds);
        _wakesBy = now with { TickMs = until == Moment.Never ? Moment.Never : now.TickMs + Math.Max(0, until) };
        // Due while it was looked at: a timer would only be late for it.
        if (until <= 0 && MayApply()) _wakeup.Set();
        _timer.Change(until == Moment.Never ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Clamp(until, 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }

    private long UntilDue(Moment now)
    {
        // Nothing becomes due while the store is late; its answer wakes the loop.
        if (_isLate) return Moment.Never;
        var due = _engine.NextDeadline;
        // The wall clock may be stepped: a date is looked at again each second, not only when it should be due.
        var untilDate = due.UnixMs == Moment.Never ? Moment.Never : Math.Min(due.UnixMs - now.UnixMs, 1_000);
        untilDate = Math.Min(untilDate, _analytics.UntilOver(now.UnixMs));
        return due.TickMs == Moment.Never ? untilDate : Math.Min(untilDate, due.TickMs - now.TickMs);
    }

    private long UntilHandedIn(Moment now)
        => _open is { SinceTick: not Moment.Never } unit && _pipeline.HasRoom
            ? unit.SinceTick + (long)BufferedFor.TotalMilliseconds - now.TickMs
            : Moment.Never;
}
