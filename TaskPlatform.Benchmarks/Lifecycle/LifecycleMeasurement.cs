using System.Diagnostics;
using System.Globalization;
using TaskPlatform.Benchmarks.Agents;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Lifecycle;

/// <summary>Submits tasks while agents in another process take and complete them.</summary>
internal static class LifecycleMeasurement
{
    /// <param name="plan">Which lives.</param>
    /// <param name="redis">Where the service stores them.</param>
    /// <param name="progress">From 0 to 1.</param>
    /// <exception cref="MissingProgramException">Telemetry is wanted and there is no collector.</exception>
    public static async Task<MeasurementResult> RunAsync(LifecyclePlan plan, MeasuredRedis redis, IProgress<double> progress)
    {
        var facts = EnvironmentFacts.Of(redis);
        await using var collector = plan.IsExporting ? await Collector.StartAsync() : null;
        await using var api = await ServerProcess.StartApiAsync(redis, collector);
        var agents = plan.Of(api, QueueCalls.NewQueue("lifecycle"));
        await using var working = await AgentsProcess.StartAsync(agents);
        if (plan.WarmUp > 0) await working.LiveAsync(plan.WarmUp, () => SubmitAsync(plan, agents, plan.WarmUp), progress);

        await using var allocations = plan.IsAllocationWatched ? await Allocations.WatchAsync(await api.ProcessIdAsync()) : null;
        var (used, store) = (await api.ProcessorTimeAsync(), await redis.ProcessorTimeAsync());
        var clock = Stopwatch.StartNew();
        await working.LiveAsync(plan.Tasks, () => SubmitAsync(plan, agents, plan.Tasks), progress);
        var took = clock.Elapsed;
        used = await api.ProcessorTimeAsync() - used;
        store = await redis.ProcessorTimeAsync() - store;
        using (var calls = new QueueCalls(api.CallAddress, agents.Queue)) await calls.ThrowUnlessCompletedAsync(plan.WarmUp + plan.Tasks);
        if (collector is not null) await collector.ThrowUnlessReceivedAsync();

        facts["payload"] = $"{EngineBed.PayloadBytes} bytes";
        facts["agents"] = agents.Told;
        facts["telemetry"] = plan.IsExporting ? "exported to the Aspire dashboard on this machine" : "not exported";
        facts["before it"] = string.Create(CultureInfo.InvariantCulture, $"{plan.WarmUp} tasks");
        return new MeasurementResult(plan.Http is null ? "Lives over streams" : "Lives over HTTP", plan.Tasks, plan.Tasks / took.TotalSeconds, null, facts)
        {
            Own =
            [
                new Figure("processorMicrosecondsPerLife", "processor time of the service, a life", used.TotalMicroseconds / plan.Tasks, "µs"),
                new Figure("redisMicrosecondsPerLife", "processor time of Redis, a life, without rewrites of its file", store.TotalMicroseconds / plan.Tasks, "µs"),
                .. allocations is null ? [] : await allocations.EndAsync(plan.Tasks, took),
            ],
        };
    }

    private static Task SubmitAsync(LifecyclePlan plan, AgentsPlan agents, int tasks) => plan.Http is { } http
        ? HttpSubmits.SubmitAsync(agents.Http, agents.Queue, tasks, http.Connections / 2, http.Batch)
        : StreamSubmits.SubmitAsync(agents.Streams, agents.Queue, tasks);
}
