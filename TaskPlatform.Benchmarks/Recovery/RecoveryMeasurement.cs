using System.Diagnostics;
using TaskPlatform.Benchmarks.Agents;
using TaskPlatform.Benchmarks.Engine;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Recovery;

/// <summary>Kills the service while agents work, starts it again at once under its name, and lets the agents do all the rest.</summary>
internal static class RecoveryMeasurement
{
    // Of a type that no agent takes: there is one left to be granted, however fast they are.
    private const string Reserved = "reserved";

    /// <param name="plan">What there is when it is killed.</param>
    /// <param name="redis">Where the service stores.</param>
    /// <param name="progress">From 0 to 1.</param>
    public static async Task<MeasurementResult> RunAsync(RecoveryPlan plan, MeasuredRedis redis, IProgress<double> progress)
    {
        var facts = EnvironmentFacts.Of(redis);
        await using var api = await ServerProcess.StartApiAsync(redis);
        var queue = QueueCalls.NewQueue("recovery");
        using var calls = new QueueCalls(api.CallAddress, queue);
        await calls.FillAsync(plan.Running + plan.Pending, isKeyed: false);
        await calls.ReserveAsync(Reserved);
        var agents = new AgentsPlan(AgentsKind.Handlers, api.CallAddress, api.StreamAddress, queue, plan.Agents, plan.RunningEach) { IsHolding = true };
        await using var working = await AgentsProcess.StartAsync(agents);
        await working.WhenAsync(counts => counts.Begun == plan.Running);
        await redis.WhenRewrittenAsync();

        await api.KillAsync();
        var clock = Stopwatch.StartNew();
        // What they hold is done now: they hand it in as soon as they can.
        await working.GoOnAsync();
        await api.StartAsync();
        var (healthy, granted) = (clock.AfterAsync(calls.HealthAsync()), clock.AfterAsync(calls.FirstClaimAsync(Reserved)));
        var goneOn = await clock.AfterAsync(working.WhenAsync(counts => counts.Completed > 0));
        var all = plan.Running + plan.Pending;
        await working.WhenCompletedAsync(all, progress);
        var done = clock.Elapsed;
        await calls.ThrowUnlessCompletedAsync(all + 1);

        facts["payload"] = $"{EngineBed.PayloadBytes} bytes";
        facts["agents"] = agents.Told;
        return new MeasurementResult("Killed in the middle of work", all + 1, null, null, facts)
        {
            Own = [.. Figures(plan, await healthy, await granted, goneOn, done, (await working.CountsAsync()).Repeated)],
        };
    }

    private static IEnumerable<Figure> Figures(RecoveryPlan plan, TimeSpan healthy, TimeSpan granted, TimeSpan goneOn, TimeSpan done, long repeated) =>
    [
        new("pending", "waiting when it was killed", plan.Pending, "tasks"),
        new("running", "running then", plan.Running, "tasks"),
        new("healthySeconds", "killed to healthy", healthy.TotalSeconds, "s"),
        new("grantedSeconds", "killed to the first grant, completed", granted.TotalSeconds, "s"),
        new("agentsGoOnSeconds", "killed to the agents' first completion", goneOn.TotalSeconds, "s"),
        new("doneSeconds", "killed to the last completion", done.TotalSeconds, "s"),
        new("repeated", "attempts that had to be repeated", repeated, "tasks"),
    ];
}
