namespace TaskPlatform.Tests.Simulation;

/// <summary>A clock that stands still until it is moved on to its next timer, so that hours take seconds and nothing sleeps.</summary>
internal sealed class VirtualClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly long Uptime = TimeSpan.TicksPerHour;

    private readonly PriorityQueue<(VirtualTimer Timer, int Setting), (long Due, long Number)> _due = new();
    private long _number;

    /// <summary>What has passed since the beginning, in ticks of 100 ns.</summary>
    public long Ticks { get; private set; }

    /// <summary>The same in milliseconds.</summary>
    public long Ms => Ticks / TimeSpan.TicksPerMillisecond;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => Uptime + Ticks;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on to the next timer and fires it.</summary>
    /// <returns>False when there is none.</returns>
    public bool FireNext() => FireNext(long.MaxValue);

    /// <summary>Moves on by a time, firing what is due in it.</summary>
    public void Advance(TimeSpan time)
    {
        var end = Ticks + time.Ticks;
        while (FireNext(end)) continue;
        Ticks = Math.Max(Ticks, end);
    }

    private bool FireNext(long until)
    {
        while (_due.TryPeek(out var next, out var at) && at.Due <= until)
        {
            _due.Dequeue();
            if (!next.Timer.IsSetBy(next.Setting)) continue;
            Ticks = Math.Max(Ticks, at.Due);
            next.Timer.Fire();
            return true;
        }
        return false;
    }

    // Of two that are due together the one that was set first fires first.
    private void Set(VirtualTimer timer, int setting, TimeSpan dueTime)
        => _due.Enqueue((timer, setting), (Ticks + Math.Max(0, dueTime.Ticks), ++_number));

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private int _setting;
        private TimeSpan _period;

        public bool IsSetBy(int setting) => setting == _setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (_setting, _period) = (_setting + 1, period);
            if (dueTime != Timeout.InfiniteTimeSpan) clock.Set(this, _setting, dueTime);
            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero) Change(_period, _period);
            else _setting++;
            callback(state);
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
