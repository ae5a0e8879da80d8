using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Analytics;

/// <summary>The same figures as OpenTelemetry metrics.</summary>
public sealed class AnalyticsMetricsTests
{
    [Fact]
    public void Gauges_AfterAStep_TellWhatItCameTo() => AnalyticsRig.Run(async rig =>
    {
        await rig.RegisterAsync("agent", 2);
        foreach (var id in (string[])["a", "b", "c"]) await rig.SubmitAsync(id);
        var tasks = new List<TaskItem> { (await rig.ClaimAsync())!, (await rig.ClaimAsync())! };
        await rig.SleepAsync(60_000);
        await rig.CompleteAsync(tasks[0]);
        await rig.FailAsync(tasks[1]);
        await rig.ProbeAsync();
        Assert.Empty(Read(rig, "tasks.throughput"));
        await rig.SleepAsync(4 * AnalyticsRig.MinuteMs + 1);

        Assert.Equal([12], Read(rig, "tasks.throughput"));
        Assert.Equal([0.5], Read(rig, "tasks.completion.rate"));
        Assert.Equal([0.5], Read(rig, "attempts.error.rate"));
        Assert.Equal([1.0], Read(rig, "agents.utilization"));
        Assert.Equal([0.0], Read(rig, "coordination.overhead"));
        await rig.SleepAsync(AnalyticsRig.StepMs);
        Assert.Equal([0], Read(rig, "tasks.throughput"));
        Assert.Empty(Read(rig, "agents.utilization"));
    });

    [Fact]
    public void Assignment_RepeatedClaim_IsMeasuredOnce() => AnalyticsRig.Run(async rig =>
    {
        using var collector = new MetricCollector<double>(null, "TaskPlatform", "taskplatform.task.assignment.duration");
        await rig.SubmitAsync("a");
        await rig.ClaimAsync(claimId: "1");
        await rig.ClaimAsync(claimId: "1");

        Assert.Equal([0], collector.GetMeasurementSnapshot().Where(measured => rig.Queue.Equals(measured.Tags["queue"])).Select(measured => measured.Value));
    });

    private static double[] Read(AnalyticsRig rig, string name)
    {
        using var collector = new MetricCollector<double>(rig.Meters, "TaskPlatform", $"taskplatform.{name}");
        collector.RecordObservableInstruments();
        var measured = collector.GetMeasurementSnapshot();
        Assert.All(measured, value => Assert.Equal(rig.Queue, value.Tags["queue"]));
        return [.. measured.Select(value => value.Value)];
    }
}
