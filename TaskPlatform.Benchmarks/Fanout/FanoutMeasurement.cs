using System.Diagnostics;
using System.Globalization;
using TaskPlatform.Benchmarks.Agents;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Benchmarks.Shared;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Benchmarks.Fanout;

/// <summary>Submits a wide graph in one call over HTTP; agents in another process do it over streams.</summary>
internal static class FanoutMeasurement
{
    /// <param name="tasks">Of the graph.</param>
    /// <param name="warmUp">Graphs before.</param>
    /// <param name="agents">How many agents.</param>
    /// <param name="credit">How many tasks each takes at once.</param>
    /// <param name="redis">Where the service stores.</param>
    /// <param name="progress">From 0 to 1.</param>
    public static async Task<MeasurementResult> RunAsync(
        int tasks, int warmUp, int agents, int credit, MeasuredRedis redis, IProgress<double> progress)
    {
        var facts = EnvironmentFacts.Of(redis);
        await using var api = await ServerProcess.StartApiAsync(redis);
        var queue = QueueCalls.NewQueue("fanout");
        using var calls = new QueueCalls(api.CallAddress, queue);
        var plan = new AgentsPlan(AgentsKind.Links, api.CallAddress, api.StreamAddress, queue, agents, credit);
        await using var working = await AgentsProcess.StartAsync(plan);
        for (var number = 0; number < warmUp; number++) await working.LiveAsync(tasks, () => calls.SubmitGraphAsync(Graph($"warm-{number}", tasks)), progress);

        // Made before the clock starts: its caller's memory is not the service's time.
        var graph = Graph("measured", tasks);
        var clock = Stopwatch.StartNew();
        var submitted = TimeSpan.Zero;
        await working.LiveAsync(tasks, async () => submitted = await clock.AfterAsync(calls.SubmitGraphAsync(graph)), progress);
        var done = clock.Elapsed;
        await calls.ThrowUnlessCompletedAsync((warmUp + 1) * tasks);

        facts["payload"] = $"{EngineBed.PayloadBytes} bytes";
        facts["agents"] = plan.Told;
        facts["before it"] = string.Create(CultureInfo.InvariantCulture, $"{warmUp} graphs");
        return new MeasurementResult("A wide graph", tasks, tasks / done.TotalSeconds, null, facts)
        {
            Own =
            [
                new Figure("submitSeconds", "submitted in one call after", submitted.TotalSeconds, "s"),
                new Figure("doneSeconds", "last completion acknowledged after", done.TotalSeconds, "s"),
            ],
        };
    }

    private static List<SubmitTask> Graph(string name, int tasks)
    {
        var middle = Enumerable.Range(1, tasks - 2).Select(number => $"{name}-{number}").ToList();
        var (first, last) = ($"{name}-first", $"{name}-last");
        return
        [
            StampedPayload.Task with { Id = first },
            .. middle.Select(id => StampedPayload.Task with { Id = id, DependsOn = [first] }),
            StampedPayload.Task with { Id = last, DependsOn = [.. middle.Select(id => new Dependency(id))] },
        ];
    }
}
