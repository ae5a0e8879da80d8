using System.Diagnostics;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>How long something takes.</summary>
internal static class Clocks
{
    public static Task<TimeSpan> TimeAsync(Func<Task> run) => Stopwatch.StartNew().AfterAsync(run());

    /// <summary>What the clock says when something has happened.</summary>
    public static async Task<TimeSpan> AfterAsync(this Stopwatch clock, Task moment)
    {
        await moment;
        return clock.Elapsed;
    }
}
