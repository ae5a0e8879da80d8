namespace TaskPlatform.Tests.Simulation;

/// <summary>
/// A process of a simulated world: its steps and timers go with it when it dies, at whichever await, and stand still while it is stopped. What it has sent
/// is on its way nevertheless.
/// </summary>
internal sealed class VirtualProcess : SynchronizationContext
{
    private readonly VirtualTime _world;
    private readonly List<(SendOrPostCallback Callback, object? State)> _held = [];
    private long _stepsLeft = long.MaxValue;
    private long _stoppedAt;
    private long _sleptTicks;

    public VirtualProcess(VirtualTime world, int number)
    {
        (_world, Number) = (world, number);
        Time = new ProcessTime(this);
        Scheduler = VirtualTime.Within(this, TaskScheduler.FromCurrentSynchronizationContext);
    }

    /// <summary>1 or more; tells the processes of a world apart.</summary>
    public int Number { get; }

    /// <summary>Its clocks.</summary>
    public TimeProvider Time { get; }

    /// <summary>Where its tasks run.</summary>
    public TaskScheduler Scheduler { get; }

    public bool IsDead { get; private set; }

    public bool IsStopped { get; private set; }

    /// <summary>How far its wall clock is from the world's.</summary>
    public TimeSpan WallClockOff { get; set; }

    /// <summary>Dies after so many more steps, 1 or more.</summary>
    public void DieAfter(long steps) => _stepsLeft = steps;

    public void Die()
    {
        (IsDead, IsStopped) = (true, false);
        _held.Clear();
    }

    /// <summary>Stands still, as after SIGSTOP.</summary>
    public void Stop() => (IsStopped, _stoppedAt) = (true, _world.Clock.Ticks);

    /// <summary>Goes on.</summary>
    /// <param name="slept">Whether the machine slept: then its monotonic clock stood still as well.</param>
    public void Continue(bool slept)
    {
        if (!IsStopped) return;
        IsStopped = false;
        if (slept) _sleptTicks += _world.Clock.Ticks - _stoppedAt;
        foreach (var (callback, state) in _held) _world.Post(this, callback, state);
        _held.Clear();
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!IsDead) _world.Post(this, d, state);
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing may wait here.");

    /// <summary>Has the process do something, from outside; never completes when it dies on the way.</summary>
    public async Task<T> DoAsync<T>(Func<Task<T>> what)
    {
        var begun = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(_ => begun.SetResult(what()), null);
        return await await begun.Task;
    }

    /// <summary>Whether a step may be run now; keeps it for later where the process is stopped.</summary>
    public bool MayStep(SendOrPostCallback callback, object? state)
    {
        if (IsStopped) _held.Add((callback, state));
        if (IsDead || IsStopped) return false;
        if (_stepsLeft-- > 0) return true;
        Die();
        return false;
    }

    private sealed class ProcessTime(VirtualProcess process) : TimeProvider
    {
        private VirtualClock Clock => process._world.Clock;

        public override long TimestampFrequency => Clock.TimestampFrequency;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override long GetTimestamp() => Clock.GetTimestamp() - process._sleptTicks;

        public override DateTimeOffset GetUtcNow() => Clock.GetUtcNow() + process.WallClockOff;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer? timer = null;
            timer = Clock.CreateTimer(_ => Fire(), null, dueTime, period);
            return timer;

            void Fire()
            {
                if (process.IsDead) timer!.Dispose();
                else process.Post(_ => callback(state), null);
            }
        }
    }
}
