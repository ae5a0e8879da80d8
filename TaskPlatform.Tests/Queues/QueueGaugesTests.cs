using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Queues;

/// <summary>Each gauge arrives with its value and tags.</summary>
public sealed class QueueGaugesTests
{
    private readonly string _queue = $"q{Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gauges_AfterAProbe_TellWhatTheQueueHolds()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await owner.SendAsync(new Command.RegisterAgent("agent", ["work"], 3), Cancel);
        foreach (var id in (string[])["a", "b"]) await owner.SendAsync(Submit(id), Cancel);
        await owner.SendAsync(Claim("agent", waitMs: 0), Cancel);
        rig.Time.Advance(TimeSpan.FromSeconds(5));
        using var caller = new CancellationTokenSource();
        var waiting = owner.SendAsync(Claim("stranger", waitMs: 60_000), caller.Token);
        await rig.ProbeAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(2));

        var depth = Read<int>(rig, "taskplatform.queue.depth");
        Assert.Equal(TaskStates.Count, depth.Count);
        Assert.Equal((1, 1, 0), (depth["pending"], depth["assigned"], depth["completed"]));
        Assert.Equal(7, Read<double>(rig, "taskplatform.queue.ready.age").Single().Value);
        Assert.Equal(1, Read<int>(rig, "taskplatform.claims.waiting").Single().Value);
        var slots = Read<long>(rig, "taskplatform.agents.slots");
        Assert.Equal((2, 1, 3), (slots.Count, slots["busy"], slots["free"]));
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Mailbox_OwnerWedged_TellsHowManyWait()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await rig.ProbeAsync();
        using var telemetry = new StuckTelemetry(_queue);
        var submitted = owner.SendAsync(Submit("a"), Cancel);
        await telemetry.Holding;
        var waiting = Enumerable.Range(0, 4_096).Select(_ => owner.SendAsync(new Command.GetQueue(), Cancel)).ToList();

        Assert.Equal(4_096, Read<int>(rig, "taskplatform.mailbox.depth").Single().Value);
        Assert.Equal(0.25, Read<double>(rig, "taskplatform.mailbox.fill").Single().Value);
        telemetry.Release();
        await submitted;
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Batch_Applied_IsMeasuredWithoutProbes()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        using var batches = new MetricCollector<int>(null, "TaskPlatform", "taskplatform.batch.commands");
        await rig.ProbeAsync();
        using (var telemetry = new StuckTelemetry(_queue))
        {
            var first = owner.SendAsync(Submit("a"), Cancel);
            await telemetry.Holding;
            Task<QueueReply>[] next = [owner.SendAsync(Submit("b"), Cancel), owner.SendAsync(Submit("c"), Cancel), owner.SendAsync(new Command.Probe(), Cancel)];
            telemetry.Release();
            await first;
            await Task.WhenAll(next);
        }

        Assert.Equal([1, 2], batches.GetMeasurementSnapshot().Where(measured => Equals(measured.Tags["queue"], _queue)).Select(measured => measured.Value));
    }

    private Dictionary<string, T> Read<T>(QueueRig rig, string name) where T : struct
    {
        using var collector = new MetricCollector<T>(rig.Meters, "TaskPlatform", name);
        collector.RecordObservableInstruments();
        var measured = collector.GetMeasurementSnapshot();
        Assert.All(measured, value => Assert.Equal(_queue, value.Tags["queue"]));
        return measured.ToDictionary(value => (string?)value.Tags.GetValueOrDefault("state") ?? "", value => value.Value);
    }

    private static Command.Submit Submit(string id) => new(new TaskSubmission { Id = id, Type = "work", Body = new TaskBody() });

    private static Command.Claim Claim(string agent, long waitMs)
        => new(agent, null, agent == "stranger" ? ["else"] : null, 1, waitMs, null, null);
}
