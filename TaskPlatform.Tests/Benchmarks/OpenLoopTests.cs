using System.Diagnostics;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Tests.Benchmarks;

/// <summary>A measurement of latency must not spare a system the calls that it would have got while it stalled.</summary>
public sealed class OpenLoopTests
{
    private const int Calls = 20;
    private const int Rate = 1_000;

    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(2.0 * Calls * 1_000 / Rate);

    [Fact]
    public async Task Run_CallThatStalls_LaterCallsAreDueAsIfItHadNot()
    {
        var dues = new List<long>();
        var late = new List<TimeSpan>();

        await OpenLoop.RunAsync(Rate, Calls, Begin, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, Calls).Select(number => dues[0] + (number * Stopwatch.Frequency / Rate)), dues);
        // The stall is longer than all calls together, so that every one of them was begun after it.
        Assert.All(late.Skip(1), time => Assert.InRange(time, Stall / 2, TimeSpan.MaxValue));

        Task Begin(long due)
        {
            dues.Add(due);
            late.Add(Stopwatch.GetElapsedTime(due));
            while (dues.Count == 1 && Stopwatch.GetElapsedTime(due) < Stall) Thread.Yield();
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Run_CallsThatAreNotAnswered_BeginsAllOfThem()
    {
        var begun = 0;
        var answer = new TaskCompletionSource();

        await OpenLoop.RunAsync(Rate, Calls, Begin, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(Calls, begun);

        // Answered only by the last of them.
        Task Begin(long due)
        {
            if (++begun == Calls) answer.SetResult();
            return answer.Task;
        }
    }
}
