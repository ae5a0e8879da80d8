using System.Diagnostics.Metrics;
using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Queues;

/// <summary>When health turns red, and what it then says, on a clock in hand. Api/HealthCallTests does it to a real Redis.</summary>
public sealed class QueueHealthTests
{
    // In milliseconds, for what would not end if the thing that is waited for never came.
    private const int Patience = 60_000;

    private readonly string _queue = $"q{Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_EveryOwnerAnswers_IsGreen()
    {
        await using var rig = await QueueRig.StartAsync();
        Assert.Null(await rig.TroubleAsync());
        await rig.OwnerAsync(_queue);
        await rig.OwnerAsync(_queue + "2");

        await rig.ProbeAsync();

        Assert.Null(await rig.TroubleAsync());
        Assert.Equal(2, rig.Probe.Pulses.Count(pulse => pulse.View is not null));
    }

    [Fact]
    public async Task Health_OwnerWedged_IsRedAfterFourSecondsAndNotAskedAgain()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        var other = _queue + "2";
        await rig.OwnerAsync(other);
        await rig.ProbeAsync();
        using var telemetry = new StuckTelemetry(_queue);
        var submitted = owner.SendAsync(Submit("a"), Cancel);
        await telemetry.Holding;

        await AskAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(3.9));
        await AskAsync();
        Assert.Null(await rig.TroubleAsync());
        rig.Time.Advance(TimeSpan.FromSeconds(0.2));
        await AskAsync();

        Assert.Equal(
            $"{_queue}: its owner has not answered a probe for 4.1 s, 1 calls wait. Restart the service if it stays so: tasks and leases survive that.",
            await rig.TroubleAsync());
        Assert.Equal(1, owner.MailboxCount);
        telemetry.Release();
        await submitted;
        await rig.ProbeAsync();
        Assert.Null(await rig.TroubleAsync());

        Task AskAsync()
        {
            rig.Probe.Round();
            return rig.Probe.Pulses.Single(pulse => pulse.Queue == other).Asked;
        }
    }

    [Fact(Timeout = Patience)]
    public async Task Health_StoreStandsStill_IsRedAfterFiveSecondsAndGreenOnceItAnswers()
    {
        await using var rig = await QueueRig.StartAsync();
        await rig.OwnerAsync(_queue);
        await rig.ProbeAsync();
        var frozen = new TaskCompletionSource<CallFate>();
        rig.Network.Decide = _ => frozen.Task;

        rig.Time.Advance(TimeSpan.FromSeconds(5));
        await rig.ProbeAsync();
        Assert.Null(await rig.TroubleAsync());
        rig.Time.Advance(TimeSpan.FromSeconds(0.1));
        await rig.ProbeAsync();

        Assert.Equal($"{_queue}: Redis has not answered for 5.1 s. Look whether it runs and can be reached.", await rig.TroubleAsync());
        frozen.SetResult(CallFate.Answered);
        await Until.TrueAsync(() => rig.Probe.Pulses.Single().Owner.StoreSilence == TimeSpan.Zero, TestContext.Current.CancellationToken);
        Assert.Null(await rig.TroubleAsync());
    }

    [Fact(Timeout = Patience)]
    public async Task Health_BatchWaitsForTheStore_SaysSoOnceItIsTooLong()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await rig.ProbeAsync();
        var frozen = new TaskCompletionSource<CallFate>();
        rig.Network.Decide = _ => frozen.Task;
        var submitted = owner.SendAsync(Submit("a"), Cancel);
        await Until.TrueAsync(() => rig.Network.Calls.Contains("commit 1"), TestContext.Current.CancellationToken);

        rig.Time.Advance(TimeSpan.FromSeconds(1.5));
        await rig.ProbeAsync();
        await Assert.ThrowsAsync<QueueUnavailableException>(() => submitted);

        Assert.Equal(
            $"{_queue}: Redis has kept the queue waiting for 1.5 s. Look whether it runs, and after its disk and memory.", await rig.TroubleAsync());
        frozen.SetResult(CallFate.Answered);
    }

    [Fact]
    public async Task Health_ProbeStandsStill_IsRedAfterEightSeconds()
    {
        await using var rig = await QueueRig.StartAsync();
        await rig.ProbeAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(8));
        Assert.Null(await rig.TroubleAsync());

        rig.Time.Advance(TimeSpan.FromSeconds(0.6));

        Assert.Equal("The queues have not been probed for 9 s: the process stands still or has no thread left. Restart it.", await rig.TroubleAsync());
        await rig.ProbeAsync();
        Assert.Null(await rig.TroubleAsync());
    }

    [Fact(Timeout = Patience)]
    public async Task Health_StoreRegressed_IsRedForGood()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await owner.SendAsync(Submit("a"), Cancel);
        var content = rig.Server.Read(_queue);
        rig.Server.Replace(_queue, content with { Meta = content.Meta.SetItem("owner", "somebody") }, cut: true);
        await rig.ProbeAsync();
        await owner.Ended;
        await Until.TrueAsync(() => rig.Owners.Stopped.ContainsKey(_queue) && !rig.Owners.Serving.Any(), TestContext.Current.CancellationToken);

        await rig.ProbeAsync();

        Assert.StartsWith($"{_queue}: store-regressed: the store came back without what it had acknowledged.", await rig.TroubleAsync());
        Assert.Empty(rig.Probe.Pulses);
    }

    [Fact(Timeout = Patience)]
    public async Task Health_QueueTakenByAnotherOwner_IsRedUntilItIsTakenBack()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        Assert.IsType<Takeover.Acquired>(await new MemoryQueueStores(rig.Server, rig.Network).For(_queue).TakeOverAsync("here", Cancel));
        await Assert.ThrowsAsync<QueueUnavailableException>(() => owner.SendAsync(Submit("a"), Cancel));
        await owner.Ended;
        await Until.TrueAsync(() => rig.Owners.Lost.ContainsKey(_queue) && !rig.Owners.Serving.Any(), TestContext.Current.CancellationToken);

        Assert.Equal($"{_queue}: Another owner has taken the queue over.", await rig.TroubleAsync());

        await Until.TrueAsync(() => { rig.Time.Advance(TimeSpan.FromMilliseconds(100)); return rig.Owners.Serving.Any(); }, TestContext.Current.CancellationToken);
        await rig.ProbeAsync();
        Assert.Null(await rig.TroubleAsync());
    }

    [Fact]
    public async Task Owner_ListenerThatThrows_GoesOn()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "taskplatform.tasks.submitted") listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (tags.Contains(new("queue", _queue))) throw new InvalidOperationException("a listener that fails");
        });
        listener.Start();

        await owner.SendAsync(Submit("a"), Cancel);
        var answer = await owner.SendAsync(new Command.GetTask("a"), Cancel);

        Assert.IsType<Outcome.TaskAnswer>(answer.Outcome);
    }

    [Fact]
    public void FindTrouble_GrantMissed_NamesAgentAndTask()
    {
        var view = new ProbeView([.. new int[TaskStates.Count]], null, 1, 0, 1, new MissedGrant("coder", "t1"));

        Assert.StartsWith("agent 'coder' waits although task 't1' is ready for it.", QueuePulse.FindTrouble(view));
        Assert.Null(QueuePulse.FindTrouble(view with { Missed = null }));
    }

    private static Command.Submit Submit(string id) => new(new TaskSubmission { Id = id, Type = "work", Body = new TaskBody() });
}
