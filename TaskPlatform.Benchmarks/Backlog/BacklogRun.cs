using System.Diagnostics;

namespace TaskPlatform.Benchmarks.Backlog;

/// <summary>Fills a queue, kills the service, starts it again, and takes the queue empty.</summary>
internal static class BacklogRun
{
    // Memory is looked at so often while the queue is drained.
    private const int Samples = 20;

    /// <param name="tasks">How many tasks.</param>
    /// <param name="redis">For StackExchange.Redis.</param>
    public static async Task<BacklogFigures> MeasureAsync(int tasks, string redis)
    {
        await using var api = await ServerProcess.StartApiAsync(redis);
        using var calls = new BacklogCalls(api.Port);
        var (fill, filled) = (await TimeAsync(() => calls.FillAsync(tasks)), await api.MemoryAsync());

        await api.KillAsync();
        var clock = Stopwatch.StartNew();
        await api.StartAsync();
        var health = After(clock, calls.HealthAsync());
        var claim = After(clock, calls.FirstClaimAsync());
        var claimed = await claim;
        var recovered = await api.MemoryAsync();
        var healthy = await health;

        var memory = new List<ProcessMemory>();
        var taken = 1;
        var drain = await TimeAsync(async () =>
        {
            for (int more; (more = await calls.TakeAsync()) > 0;)
            {
                taken += more;
                if (taken * (long)Samples / tasks > memory.Count) memory.Add(await api.MemoryAsync());
            }
        });
        if (taken != tasks) throw new InvalidOperationException($"Of {tasks} tasks {taken} were granted.");
        return new BacklogFigures(tasks, fill, filled, healthy, claimed, recovered, drain, [.. memory.Select(sample => sample.Resident)], await api.MemoryAsync());
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> run) => await After(Stopwatch.StartNew(), run());

    private static async Task<TimeSpan> After(Stopwatch clock, Task moment)
    {
        await moment;
        return clock.Elapsed;
    }
}
