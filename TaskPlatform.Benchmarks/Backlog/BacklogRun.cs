using System.Diagnostics;
using StackExchange.Redis;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Backlog;

/// <summary>Fills a queue, kills the service, starts it again, and takes the queue empty.</summary>
internal static class BacklogRun
{
    // Memory is looked at so often while the queue is drained.
    private const int Samples = 20;

    /// <param name="tasks">How many tasks.</param>
    /// <param name="redis">For StackExchange.Redis.</param>
    /// <param name="isKeyed">Whether submits have idempotency keys.</param>
    public static async Task<BacklogFigures> MeasureAsync(int tasks, string redis, bool isKeyed)
    {
        await using var api = await ServerProcess.StartApiAsync(redis);
        using var calls = new BacklogCalls(api.Port);
        var (fill, filled) = (await TimeAsync(() => calls.FillAsync(tasks, isKeyed)), await api.MemoryAsync());

        await RewrittenAsync(redis);
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

    /// <summary>Redis rewrites its file while it grows, and then takes a core and much of the disk: what is measured is the service.</summary>
    private static async Task RewrittenAsync(string redis)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{redis},allowAdmin=true");
        var server = connection.GetServers()[0];
        while ((await server.InfoAsync("persistence")).SelectMany(section => section).Any(fact => fact is { Key: "aof_rewrite_in_progress", Value: "1" }))
            await Task.Delay(TimeSpan.FromSeconds(1));
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> run) => await After(Stopwatch.StartNew(), run());

    private static async Task<TimeSpan> After(Stopwatch clock, Task moment)
    {
        await moment;
        return clock.Elapsed;
    }
}
