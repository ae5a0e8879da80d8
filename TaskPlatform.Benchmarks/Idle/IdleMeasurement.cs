using System.Diagnostics;
using TaskPlatform.Benchmarks.Agents;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Idle;

/// <summary>Lets agents wait for work that does not come.</summary>
internal static class IdleMeasurement
{
    private const string Queue = "idle";

    // So many come first: what the service makes once, for whoever comes first, is not charged to those that are counted.
    private const int First = 20;

    /// <param name="plan">How many, for how long.</param>
    /// <param name="redis">Where the service stores.</param>
    /// <param name="progress">From 0 to 1.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<MeasurementResult> RunAsync(
        IdlePlan plan, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var facts = EnvironmentFacts.Of(redis);
        await using var api = await ServerProcess.StartApiAsync(redis);
        await using var first = await AgentsProcess.StartAsync(Agents(api, First));
        var alone = await ProcessorShareAsync(api, plan, progress, cancellationToken);
        var before = await LiveHeap.BytesAsync(await api.ProcessIdAsync(), cancellationToken);
        var resident = await api.MemoryAsync();

        await using var idle = await AgentsProcess.StartAsync(Agents(api, plan.Agents));
        var share = await ProcessorShareAsync(api, plan, progress, cancellationToken);
        var heap = await LiveHeap.BytesAsync(await api.ProcessIdAsync(), cancellationToken) - before;

        var grown = (await api.MemoryAsync()).Resident - resident.Resident;

        return new MeasurementResult("Agents without work", null, null, null, facts)
        {
            Own =
            [
                new Figure("agents", "agents, each with a stream of its own", plan.Agents, ""),
                new Figure("processorPercent", "processor time of the service", share, "% of a core", "< 2 %"),
                new Figure("processorPercentBefore", $"the same with {First} agents", alone, "% of a core"),
                new Figure("heapKilobytesPerAgent", "live managed heap of the service, an agent", heap / 1_024.0 / plan.Agents, "KiB", "≤ 50 KiB"),
                new Figure("residentKilobytesPerAgent", "resident memory, an agent", grown * 1e6 / 1_024 / plan.Agents, "KiB"),
            ],
        };
    }

    private static AgentsPlan Agents(ServerProcess api, int agents) => new(AgentsKind.Links, api.CallAddress, api.StreamAddress, Queue, agents, Credit: 1);

    private static async Task<double> ProcessorShareAsync(ServerProcess api, IdlePlan plan, IProgress<double> progress, CancellationToken cancellationToken)
    {
        await Task.Delay(plan.WarmUp, cancellationToken);
        var used = await api.ProcessorTimeAsync();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < plan.Time)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            progress.Report(clock.Elapsed / plan.Time);
        }
        return 100 * ((await api.ProcessorTimeAsync() - used) / clock.Elapsed);
    }
}
