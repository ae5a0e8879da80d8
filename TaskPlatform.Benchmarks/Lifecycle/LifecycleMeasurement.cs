using System.Diagnostics;
using System.Globalization;
using System.Text;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Benchmarks.Shared;
using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Benchmarks.Lifecycle;

/// <summary>Submits tasks while agents in another process take and complete them, all over streams.</summary>
internal static class LifecycleMeasurement
{
    private const string Queue = "lifecycle";

    // So many submits may be without an answer: as with any producer, the service sets the pace.
    private const int Window = 4_000;

    private static readonly SubmitTask Submitted = new()
    {
        Type = "work",
        Payload = RawJson.FromTrusted(Encoding.UTF8.GetBytes($"\"{new string('x', EngineBed.PayloadBytes - 2)}\"")),
    };

    /// <param name="tasks">How many lives count.</param>
    /// <param name="warmUp">How many come before.</param>
    /// <param name="agents">How many agents.</param>
    /// <param name="credit">How many tasks each takes at once.</param>
    /// <param name="redis">Where the service stores them.</param>
    /// <param name="progress">From 0 to 1.</param>
    public static async Task<MeasurementResult> RunAsync(
        int tasks, int warmUp, int agents, int credit, MeasuredRedis redis, IProgress<double> progress)
    {
        var facts = EnvironmentFacts.Of(redis);
        await using var api = await ServerProcess.StartApiAsync(redis.Address.ConnectionString);
        var address = $"http://127.0.0.1:{api.StreamPort}";
        await using var working = await AgentsProcess.StartAsync(address, Queue, agents, credit);
        await LiveAsync(address, working, warmUp, progress);
        var clock = Stopwatch.StartNew();
        await LiveAsync(address, working, tasks, progress);
        var took = clock.Elapsed;
        facts["payload"] = $"{EngineBed.PayloadBytes} bytes";
        facts["agents"] = string.Create(CultureInfo.InvariantCulture, $"{agents}, {credit} tasks each");
        facts["before it"] = string.Create(CultureInfo.InvariantCulture, $"{warmUp} tasks");
        return new MeasurementResult("Lives over streams", tasks, tasks / took.TotalSeconds, null, facts);
    }

    /// <summary>Returns when the last completion is acknowledged.</summary>
    private static async Task LiveAsync(string address, AgentsProcess agents, int tasks, IProgress<double> progress)
    {
        var before = await agents.CompletedAsync();
        await SubmitAsync(address, tasks);
        for (long done; (done = await agents.CompletedAsync() - before) < tasks; await Task.Delay(2)) progress.Report((double)done / tasks);
    }

    private static async Task SubmitAsync(string address, int tasks)
    {
        using var window = new SemaphoreSlim(Window);
        await using var link = new SubmitLink(Streams.Client(address), Queue, outcome =>
        {
            if (outcome.Problem is { } problem) throw new InvalidOperationException($"A task was refused: {problem.Name} {problem.Detail}");
            window.Release();
        });
        for (var number = 0; number < tasks; number++)
        {
            var room = window.WaitAsync();
            if (!room.IsCompleted && await Task.WhenAny(room, link.Ended) == link.Ended) await link.Ended;
            link.Add((ulong)number, Submitted);
        }
        await link.CloseAsync();
    }
}
