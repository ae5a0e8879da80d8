using System.Diagnostics;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>
/// Makes calls at a rate, whether or not earlier ones were answered. Each is told when it was due, and time counts from there: a system that stalls does not
/// spare itself the calls that it would have got meanwhile (coordinated omission).
/// </summary>
internal static class OpenLoop
{
    // A sleep of a millisecond takes up to half a millisecond more: the rest is waited for by yielding.
    private const double Yielding = 1.5;

    /// <summary>Returns when all calls were answered.</summary>
    /// <param name="rate">Calls a second.</param>
    /// <param name="calls">How many.</param>
    /// <param name="call">Begins one and returns at once; takes the moment at which it was due, as a timestamp of <see cref="Stopwatch"/>.</param>
    /// <param name="cancellationToken">Begins no more.</param>
    public static async Task RunAsync(double rate, int calls, Func<long, Task> call, CancellationToken cancellationToken)
    {
        var begun = new Task[calls];
        await Task.Factory.StartNew(() => Begin(rate, begun, call, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(begun);
    }

    private static void Begin(double rate, Task[] begun, Func<long, Task> call, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        for (var number = 0; number < begun.Length; number++)
        {
            var due = start + (long)(number * Stopwatch.Frequency / rate);
            WaitUntil(due, cancellationToken);
            begun[number] = call(due);
        }
    }

    private static void WaitUntil(long due, CancellationToken cancellationToken)
    {
        for (double left; (left = -Stopwatch.GetElapsedTime(due).TotalMilliseconds) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (left > Yielding + 1) Thread.Sleep((int)(left - Yielding));
            else Thread.Yield();
        }
    }
}
