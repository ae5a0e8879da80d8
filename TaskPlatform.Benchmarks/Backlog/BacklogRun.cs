using System.Diagnostics;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Backlog;

/// <summary>Fills a queue, kills the service, starts it again, and takes the queue empty.</summary>
internal static class BacklogRun
{
    // Memory is looked at so often while the queue is drained.
    private const int Samples = 20;

    private const int CallsOneByOne = 500;
    private static readonly int[] Lengths = [1_000, 10_000, 100_000];

    private const int ClaimsPerCall = 1_000;

    /// <param name="tasks">How many tasks.</param>
    /// <param name="redis">Where they are stored.</param>
    /// <param name="isKeyed">Whether submits have idempotency keys.</param>
    public static async Task<BacklogFigures> MeasureAsync(int tasks, MeasuredRedis redis, bool isKeyed)
    {
        await using var api = await ServerProcess.StartApiAsync(redis);
        using var calls = new QueueCalls(api.CallAddress, QueueCalls.NewQueue("backlog"));
        var fill = TimeSpan.Zero;
        var (calling, there) = (new List<BacklogCalls>(), 0);
        foreach (var pending in Lengths.Where(length => length < tasks).Append(tasks))
        {
            fill += await Clocks.TimeAsync(() => calls.FillAsync(pending - there, isKeyed));
            there = pending;
            await redis.WhenRewrittenAsync();
            // The first look warms up what the second is compared with.
            if (calling.Count == 0) await calls.TimeOneByOneAsync(CallsOneByOne);
            var (claim, submit) = await calls.TimeOneByOneAsync(CallsOneByOne);
            calling.Add(new BacklogCalls(pending, claim, submit));
        }
        var filled = await api.MemoryAsync();

        await redis.WhenRewrittenAsync();
        await api.KillAsync();
        var clock = Stopwatch.StartNew();
        await api.StartAsync();
        var health = clock.AfterAsync(calls.HealthAsync());
        var claimed = await clock.AfterAsync(calls.FirstClaimAsync());
        var recovered = await api.MemoryAsync();
        var healthy = await health;

        var memory = new List<ProcessMemory>();
        var taken = 1;
        var drain = await Clocks.TimeAsync(async () =>
        {
            for (int more; (more = await calls.TakeAsync("drain", ClaimsPerCall)) > 0;)
            {
                taken += more;
                if (taken * (long)Samples / tasks > memory.Count) memory.Add(await api.MemoryAsync());
            }
        });
        if (taken != tasks) throw new InvalidOperationException($"Of {tasks} tasks {taken} were granted.");
        return new BacklogFigures(tasks, calling, fill, filled, healthy, claimed, recovered, drain, [.. memory.Select(sample => sample.Resident)], await api.MemoryAsync());
    }
}
