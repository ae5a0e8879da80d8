using System.Globalization;
using TaskPlatform.Benchmarks.Agents;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Latency;

/// <summary>Submits at a rate over a stream, while a program of an agent author in another process handles what comes.</summary>
internal static class LatencyMeasurement
{
    /// <param name="plan">How much.</param>
    /// <param name="redis">Where the service stores.</param>
    /// <param name="progress">From 0 to 1.</param>
    /// <param name="cancellationToken">Submits no more.</param>
    public static async Task<MeasurementResult> RunAsync(
        LatencyPlan plan, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var facts = EnvironmentFacts.Of(redis);
        await using var api = await ServerProcess.StartApiAsync(redis);
        var agents = new AgentsPlan(AgentsKind.Handlers, api.CallAddress, api.StreamAddress, QueueCalls.NewQueue("latency"), plan.Agents, plan.Concurrency)
        {
            // What the service tells of the queue is then of nothing but what is timed.
            WarmUpQueue = QueueCalls.NewQueue("warm-up"),
        };
        await using var working = await AgentsProcess.StartAsync(agents);
        if (plan.WarmUp > 0) await working.LiveAsync(plan.WarmUp, () => StreamSubmits.SubmitAsync(agents.Streams, agents.WarmUpQueue, plan.WarmUp), progress);
        await working.LiveAsync(plan.Timed, () => SubmitAtRateAsync(plan, agents, progress, cancellationToken), progress);
        var found = await working.LatenciesAsync(plan.Rate);
        if (found.Started.Samples != plan.Timed || found.Acknowledged.Samples != plan.Timed)
            throw new InvalidOperationException($"Of {plan.Timed} tasks {found.Started.Samples} were begun and {found.Acknowledged.Samples} completed.");

        using var calls = new QueueCalls(api.CallAddress, agents.Queue);
        var assigned = (await calls.MetricsAsync()).AssignmentLatency;

        facts["payload"] = $"{EngineBed.PayloadBytes} bytes";
        facts["agents"] = agents.Told;
        facts["before it"] = string.Create(CultureInfo.InvariantCulture, $"{plan.WarmUp} lives");
        return new MeasurementResult("Latency over streams", plan.Timed, null, found.Started, facts)
        {
            Acknowledged = found.Acknowledged,
            Own = [Assigned("P50", assigned.P50), Assigned("P95", assigned.P95), Assigned("P99", assigned.P99) with { Aim = "< 10 ms, better 1.5" }],
        };
    }

    private static Figure Assigned(string percentile, double? seconds) => new(
        $"assignmentLatency{percentile}", $"assignmentLatency of the service, {percentile.ToLowerInvariant()}", 1_000 * (seconds ?? double.NaN), "ms");

    private static async Task SubmitAtRateAsync(LatencyPlan plan, AgentsPlan agents, IProgress<double> progress, CancellationToken cancellationToken)
    {
        await using var submits = new StreamSubmits(agents.Streams, agents.Queue);
        var submitted = 0;
        await OpenLoop.RunAsync(plan.Rate, plan.Timed, Submit, cancellationToken);
        await submits.CloseAsync();

        Task Submit(long due)
        {
            submits.Submit(StampedPayload.TaskDue(due));
            progress.Report((double)++submitted / plan.Timed);
            return Task.CompletedTask;
        }
    }
}
