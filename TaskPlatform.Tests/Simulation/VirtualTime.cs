namespace TaskPlatform.Tests.Simulation;

/// <summary>
/// Runs asynchronous code on one thread and on a clock that jumps whenever nothing is left to do: the same seed always gives the same run. With a
/// source of chance the next of several that could go on is drawn, as a pool of threads might choose; without one they take turns.
/// </summary>
internal sealed class VirtualTime(Random? order) : SynchronizationContext
{
    private readonly List<(SynchronizationContext Where, SendOrPostCallback Callback, object? State)> _work = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private int _next;
    private Exception? _intruder;

    public VirtualClock Clock { get; } = new();

    /// <summary>What happens, for comparing runs and reading failures.</summary>
    public Trace Trace { get; } = new();

    /// <summary>How many steps were run: each ends at an await.</summary>
    public long Steps { get; private set; }

    /// <summary>Throws what the scenario throws, or <see cref="TimeoutException"/> when it takes longer than the limit on its own clock.</summary>
    public static VirtualTime Run(Func<VirtualTime, Task> scenario, TimeSpan limit, Random? order = null, bool keepsTrace = false)
    {
        var before = Current;
        var world = new VirtualTime(order) { Trace = { Keeps = keepsTrace } };
        SetSynchronizationContext(world);
        try
        {
            world.Drive(scenario(world), limit);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
        return world;
    }

    public override void Post(SendOrPostCallback d, object? state) => Post(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing may wait here.");

    /// <summary>Puts a step into line that belongs somewhere.</summary>
    public void Post(SynchronizationContext where, SendOrPostCallback callback, object? state)
    {
        if (Environment.CurrentManagedThreadId == _thread) _work.Add((where, callback, state));
        else _intruder = new InvalidOperationException($"Another thread came in, so the run depends on more than its seed.\n{Environment.StackTrace}");
    }

    /// <summary>Begins something that goes on out here, whatever becomes of the process that asked for it.</summary>
    public T Outside<T>(Func<T> begin) => Within(this, begin);

    /// <summary>Begins something that goes on where it is told to.</summary>
    public static T Within<T>(SynchronizationContext where, Func<T> begin)
    {
        var before = Current;
        SetSynchronizationContext(where);
        try
        {
            return begin();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private void Drive(Task scenario, TimeSpan limit)
    {
        while (!scenario.IsCompleted)
        {
            while (Take() is { } work) Step(work);
            SetSynchronizationContext(this);
            if (_intruder is { } intruder) throw intruder;
            if (scenario.IsCompleted) break;
            if (Clock.Ticks > limit.Ticks) throw new TimeoutException($"Not done after {limit} on the virtual clock.");
            if (!Clock.FireNext()) throw new InvalidOperationException("Everybody waits, and no timer runs.");
        }

        scenario.GetAwaiter().GetResult();
    }

    private void Step((SynchronizationContext Where, SendOrPostCallback Callback, object? State) work)
    {
        if (work.Where is VirtualProcess process && !process.MayStep(work.Callback, work.State)) return;
        SetSynchronizationContext(work.Where);
        Trace.Step(++Steps, Clock.Ticks, work.Where is VirtualProcess of ? of.Number : 0);
        work.Callback(work.State);
    }

    private (SynchronizationContext Where, SendOrPostCallback Callback, object? State)? Take()
    {
        if (_next == _work.Count)
        {
            _work.Clear();
            _next = 0;
            return null;
        }
        if (order is not null)
        {
            var chosen = order.Next(_next, _work.Count);
            (_work[_next], _work[chosen]) = (_work[chosen], _work[_next]);
        }
        var work = _work[_next];
        _work[_next++] = default;
        return work;
    }
}
