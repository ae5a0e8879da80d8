using Microsoft.Extensions.Time.Testing;

namespace TaskPlatform.Tests.Store;

/// <summary>
/// Runs asynchronous code on one thread and on a clock that jumps whenever nothing is left to do, so that the same seed always gives the
/// same run, hours take seconds, and nothing sleeps.
/// </summary>
internal sealed class VirtualTime : SynchronizationContext
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Throws what the scenario throws, or <see cref="TimeoutException"/> when it takes longer than the limit on its own clock.</summary>
    public static void Run(Func<FakeTimeProvider, Task> scenario, TimeSpan limit)
    {
        var before = Current;
        var world = new VirtualTime();
        SetSynchronizationContext(world);
        try
        {
            world.Drive(scenario(world.Time), limit);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_work) _work.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing may wait here.");

    private void Drive(Task scenario, TimeSpan limit)
    {
        var end = Time.GetUtcNow() + limit;
        while (!scenario.IsCompleted)
        {
            while (TryTake(out var work)) work.Callback(work.State);
            if (scenario.IsCompleted) break;
            if (Time.GetUtcNow() > end) throw new TimeoutException($"Not done after {limit} on the virtual clock.");
            Time.Advance(Step);
        }

        scenario.GetAwaiter().GetResult();
    }

    private bool TryTake(out (SendOrPostCallback Callback, object? State) work)
    {
        lock (_work) return _work.TryDequeue(out work);
    }
}
