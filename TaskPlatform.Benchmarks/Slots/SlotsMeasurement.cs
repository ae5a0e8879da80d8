using System.Diagnostics;
using TaskPlatform.Benchmarks.Agents;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Slots;

/// <summary>Lets agents work off a backlog that outlasts the measurement.</summary>
internal static class SlotsMeasurement
{
    /// <param name="plan">How many, for how long.</param>
    /// <param name="redis">Where the service stores.</param>
    /// <param name="progress">From 0 to 1.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<MeasurementResult> RunAsync(
        SlotsPlan plan, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var facts = EnvironmentFacts.Of(redis);
        await using var api = await ServerProcess.StartApiAsync(redis);
        var agents = new AgentsPlan(AgentsKind.Handlers, api.CallAddress, api.StreamAddress, QueueCalls.NewQueue("slots"), plan.Agents, plan.Slots)
        {
            HandlerMs = plan.TaskMs,
        };
        using var calls = new QueueCalls(api.CallAddress, agents.Queue);
        await calls.FillAsync(plan.Backlog, isKeyed: false);

        await using var working = await AgentsProcess.StartAsync(agents);
        var first = await working.BusyAsync();
        await WaitAsync(plan, TimeSpan.Zero, plan.WarmUp, progress, cancellationToken);
        var (warm, before) = (await working.BusyAsync(), await working.CountsAsync());
        await WaitAsync(plan, plan.WarmUp, plan.WarmUp + plan.Time, progress, cancellationToken);
        var (last, after, told) = (await working.BusyAsync(), await working.CountsAsync(), await calls.MetricsAsync());
        if (await calls.PendingAsync() == 0) throw new InvalidOperationException($"The backlog of {plan.Backlog} tasks did not last.");

        facts["agents"] = agents.Told;
        facts["looked at"] = $"{plan.Time.TotalSeconds} s, after {plan.WarmUp.TotalSeconds} s";
        var tasks = (int)(after.Completed - before.Completed);
        var (busy, whole) = (100 * last.ShareSince(warm, plan.AllSlots), 100 * last.ShareSince(first, plan.AllSlots));
        var utilization = 100 * (told.AgentUtilization["overall"] ?? double.NaN);
        return new MeasurementResult("Slots before a standing backlog", tasks, tasks / (last.At - warm.At), null, facts)
        {
            Own =
            [
                new Figure("busyPercent", "slots in which a handler ran", busy, "%", "≥ 95 %"),
                new Figure("busyPercentWithWarmUp", "the same, warm-up included", whole, "%"),
                new Figure("utilizationPercent", "agentUtilization of the service, overall, warm-up included", utilization, "%"),
                new Figure("differencePercent", "what the service has more: slots whose task is on its way there or back", utilization - whole, "points"),
            ],
        };
    }

    private static async Task WaitAsync(SlotsPlan plan, TimeSpan from, TimeSpan until, IProgress<double> progress, CancellationToken cancellationToken)
    {
        for (var clock = Stopwatch.StartNew(); from + clock.Elapsed < until;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            progress.Report((from + clock.Elapsed) / (plan.WarmUp + plan.Time));
        }
    }
}
