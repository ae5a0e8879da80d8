using Microsoft.Extensions.Logging.Abstractions;
using TaskPlatform.Api.Store;
using TaskPlatform.Tests.Simulation;

namespace TaskPlatform.Tests.Store;

/// <summary>What a pipeline does when, on a virtual clock, with a network whose every call the test decides about.</summary>
public sealed class CommitPipelineTests
{
    private readonly ScriptedNetwork _network = new();
    private MemoryServer? _server;
    private Ownership _owner;

    [Fact]
    public void Confirm_WhileTheLeaseRuns_NeedsNoCall() => Run(async (time, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        var calls = _network.Calls.Count;
        time.Advance(TimeSpan.FromSeconds(1));

        var confirmed = pipeline.CommitAsync(new());

        Assert.True(confirmed.IsCompletedSuccessfully);
        Assert.Equal(CommitFate.Durable, await confirmed);
        Assert.Equal(calls, _network.Calls.Count);
    });

    [Theory]
    [InlineData(7.9, true)]
    [InlineData(8.1, false)]
    public void Confirm_WithTwoSecondsOfLeaseLeft_IsTheLastWithoutACall(double seconds, bool atOnce) => Run(async (time, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        var answers = new TaskCompletionSource<CallFate>();
        _network.Decide = _ => answers.Task;

        time.Advance(TimeSpan.FromSeconds(seconds));
        var confirmed = pipeline.CommitAsync(new());

        Assert.Equal(atOnce, confirmed.IsCompleted);
        answers.SetResult(CallFate.Answered);
        Assert.Equal(CommitFate.Durable, await confirmed);
        if (!atOnce) Assert.Equal("check", _network.Calls[^1]);
    });

    [Fact]
    public void Confirm_ByAWokenOldOwner_IsFenced() => Run(async (time, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        var asleep = new TaskCompletionSource<CallFate>();
        _network.Decide = _ => asleep.Task;
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.IsType<Takeover.Acquired>(_server!.TakeOver("q", "another"));

        asleep.SetResult(CallFate.Answered);

        Assert.Equal(CommitFate.Fenced, await pipeline.CommitAsync(new()));
    });

    [Fact]
    public void Confirm_AfterUnits_WaitsForThem() => Run(async (_, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        var answers = new TaskCompletionSource<CallFate>();
        _network.Decide = _ => answers.Task;

        var unit = pipeline.CommitAsync(Changes("b"));
        var confirmed = pipeline.CommitAsync(new());

        Assert.False(confirmed.IsCompleted);
        answers.SetResult(CallFate.Answered);
        await confirmed;
        Assert.True(unit.IsCompletedSuccessfully);
    });

    [Fact]
    public void Commit_BehindAConfirmationInDoubt_IsAnsweredAfterIt() => Run(async (time, pipeline) =>
    {
        // The answer to b is lost; asked again the store says that it has b, which does not renew the lease.
        await DurableAsync(pipeline, "a");
        var doubt = new TaskCompletionSource<CallFate>();
        _network.Decide = what => what == "check" ? doubt.Task : Task.FromResult(CallFate.Answered);
        time.Advance(TimeSpan.FromSeconds(9));
        _server!.Commit("q", _owner, BatchSplitter.Split(Changes("b"), 2, int.MaxValue)[0]);

        var confirmed = pipeline.CommitAsync(new());
        var unit = pipeline.CommitAsync(Changes("b"));
        await Task.Delay(TimeSpan.FromSeconds(1), time);
        Assert.False(confirmed.IsCompleted || unit.IsCompleted);

        doubt.SetResult(CallFate.Answered);
        await unit;
        Assert.True(confirmed.IsCompletedSuccessfully);
    });

    [Fact]
    public void Confirm_AfterAReconnect_ChecksFirst() => Run(async (_, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        var calls = _network.Calls.Count;
        _server!.Replace("q", _server.Read("q"), cut: true);

        Assert.Equal(CommitFate.Durable, await pipeline.CommitAsync(new()));

        Assert.Equal(["check"], _network.Calls.Skip(calls));
    });

    [Fact]
    public void Idle_RenewsTheLeaseEachTwoSeconds() => Run(async (time, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        var calls = _network.Calls.Count;

        await Task.Delay(TimeSpan.FromSeconds(20.5), time);

        Assert.InRange(_network.Calls.Skip(calls).Count(call => call == "check"), 8, 11);
        Assert.IsType<Takeover.Held>(_server!.TakeOver("q", "another"));
    });

    [Fact]
    public void Idle_AnotherOwnerTookTheQueue_EndsWithoutAUnit() => Run(async (_, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        Assert.IsType<Takeover.Acquired>(_server!.TakeOver("q", "one"));

        Assert.Equal(CommitFate.Fenced, (await pipeline.Ended).Fate);
    });

    [Fact]
    public void Commit_AnswerLost_IsAppliedOnce() => Run(async (_, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        _network.Decide = what => Task.FromResult(
            what == "commit 2" && _network.Calls.Count(call => call == "commit 2") == 1 ? CallFate.AnswerLost : CallFate.Answered);

        await DurableAsync(pipeline, "b");

        Assert.Equal([1, 2], _server!.Read("q").Written.Select(written => written.Batch.Sequence));
    });

    [Fact]
    public void Commit_RequestLost_IsSentAgainInOrder() => Run(async (_, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        _network.Decide = what => Task.FromResult(
            what == "commit 2" && _network.Calls.Count(call => call == "commit 2") == 1 ? CallFate.RequestLost : CallFate.Answered);

        var units = new[] { pipeline.CommitAsync(Changes("b")), pipeline.CommitAsync(Changes("c")), pipeline.CommitAsync(Changes("d")) };

        Assert.All(await InTurnAsync(units), fate => Assert.Equal(CommitFate.Durable, fate));
        Assert.Equal([1, 2, 3, 4], _server!.Read("q").Written.Select(written => written.Batch.Sequence));
    });

    [Fact]
    public void Commit_OvertakenByTheNext_IsSortedOut() => Run(async (time, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        _network.Decide = async what =>
        {
            if (what == "commit 2") await Task.Delay(TimeSpan.FromMilliseconds(50), time);
            return CallFate.Answered;
        };

        var first = pipeline.CommitAsync(Changes("b"));
        var second = pipeline.CommitAsync(Changes("c"));

        Assert.Equal([CommitFate.Durable, CommitFate.Durable], await InTurnAsync(first, second));
        Assert.Equal([1, 2, 3], _server!.Read("q").Written.Select(written => written.Batch.Sequence));
    });

    [Fact]
    public void Commit_TwoUnderWay_LeavesNoRoomForAThird() => Run(async (time, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        var answers = new TaskCompletionSource<CallFate>();
        _network.Decide = _ => answers.Task;

        var first = pipeline.CommitAsync(Changes("b"));
        Assert.True(pipeline.HasRoom);
        var second = pipeline.CommitAsync(Changes("c"));
        Assert.False(pipeline.HasRoom);
        var room = pipeline.WhenRoom();
        await Task.Delay(TimeSpan.FromSeconds(1.5), time);
        Assert.False(room.IsCompleted);
        Assert.Equal(1.5, pipeline.OldestUnacknowledged.TotalSeconds, 0.1);

        answers.SetResult(CallFate.Answered);
        await room;
        Assert.True(pipeline.HasRoom);
        await InTurnAsync(first, second);
        Assert.Equal(TimeSpan.Zero, pipeline.OldestUnacknowledged);
    });

    [Fact]
    public void Regression_WithinFiveSeconds_IsRepaired() => Regression(quiet: 4, CommitFate.Durable);

    [Fact]
    public void Regression_LongerAgoThanFiveSeconds_EndsRegressed() => Regression(quiet: 8, CommitFate.Regressed);

    [Fact]
    public void Regression_AfterAnOutageOfAnyLength_IsRepaired() => Run(async (time, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        var saved = _server!.Read("q");
        await DurableAsync(pipeline, "b");
        _network.Decide = _ => Task.FromResult(CallFate.RequestLost);
        await Task.Delay(TimeSpan.FromMinutes(5), time);

        _server.Replace("q", saved, cut: true);
        _network.Decide = _ => Task.FromResult(CallFate.Answered);

        await DurableAsync(pipeline, "c");
        Assert.Equal(["a", "b", "c"], _server.Read("q").Tasks.Keys);
    });

    [Fact]
    public void Regression_RepairedSlowlyThenOnceMore_IsRepairedAgain() => Run(async (time, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        var saved = _server!.Read("q");
        await DurableAsync(pipeline, "b");
        _network.Decide = async what =>
        {
            if (what == "commit 2") await Task.Delay(TimeSpan.FromSeconds(6), time);
            return CallFate.Answered;
        };
        _server.Replace("q", saved, cut: true);
        await DurableAsync(pipeline, "c");

        _server.Replace("q", saved, cut: true);

        await DurableAsync(pipeline, "d");
        Assert.Equal(["a", "b", "c", "d"], _server.Read("q").Tasks.Keys);
    });

    [Fact]
    public void Unit_OfSeveralCallsCutShort_LeavesItsStateRecordUnwritten() => Run(async (_, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        _network.Decide = what => Task.FromResult(what is "commit 4" ? CallFate.RequestLost : CallFate.Answered);
        var changes = new ChangeSet();
        for (var i = 0; i < 3; i++) changes.PutTask($"t{i}", new byte[3 << 20]);
        for (var i = 3; i < 6; i++) changes.PutTask($"t{i}", new byte[3 << 20]);
        changes.PutState("graph", new byte[] { 1 });

        var unit = pipeline.CommitAsync(changes);
        Assert.Equal(4, pipeline.Sequence);
        await pipeline.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unit);
        Assert.Empty(_server!.Read("q").State);
    });

    [Fact]
    public void Dispose_UnitUnderWay_CancelsIt() => Run(async (_, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        _network.Decide = _ => new TaskCompletionSource<CallFate>().Task;
        var unit = pipeline.CommitAsync(Changes("b"));

        await pipeline.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unit);
    });

    [Fact]
    public void StoreSilence_QuietQueueThenFrozenStore_GrowsOnlyWhileNothingAnswers() => Run(async (time, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.FromSeconds(1.5), pipeline.StoreSilence);
        await Task.Delay(TimeSpan.FromSeconds(30), time);
        Assert.InRange(pipeline.StoreSilence, TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
        var frozen = new TaskCompletionSource<CallFate>();
        _network.Decide = _ => frozen.Task;

        await Task.Delay(TimeSpan.FromSeconds(7), time);
        Assert.InRange(pipeline.StoreSilence, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(9.5));
        frozen.SetResult(CallFate.Answered);
        await Task.Delay(TimeSpan.FromMilliseconds(1), time);

        Assert.InRange(pipeline.StoreSilence, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
    });

    private static ChangeSet Changes(string field)
    {
        var changes = new ChangeSet();
        changes.PutTask(field, new byte[] { 1 });
        return changes;
    }

    private static async Task DurableAsync(CommitPipeline pipeline, string field) =>
        Assert.Equal(CommitFate.Durable, await pipeline.CommitAsync(Changes(field)));

    // WhenAll would go through the thread pool, which the virtual clock does not wait for.
    private static async Task<CommitFate[]> InTurnAsync(params Task<CommitFate>[] units)
    {
        var fates = new List<CommitFate>();
        foreach (var unit in units) fates.Add(await unit);
        return [.. fates];
    }

    // The lease is renewed meanwhile, so the store is known to be well and the ring forgets what is old.
    private void Regression(int quiet, CommitFate expected) => Run(async (time, pipeline) =>
    {
        await DurableAsync(pipeline, "a");
        var saved = _server!.Read("q");
        await DurableAsync(pipeline, "b");
        await Task.Delay(TimeSpan.FromSeconds(quiet), time);

        _server.Replace("q", saved, cut: true);

        Assert.Equal(expected, await pipeline.CommitAsync(Changes("c")));
        Assert.Equal(expected == CommitFate.Durable ? ["a", "b", "c"] : ["a"], _server.Read("q").Tasks.Keys);
    });

    private void Run(Func<VirtualClock, CommitPipeline, Task> scenario) => VirtualTime.Run(
        async world =>
        {
            var time = world.Clock;
            _server = new(time);
            var store = new MemoryQueueStores(_server, _network).For("q");
            var taken = Assert.IsType<Takeover.Acquired>(await store.TakeOverAsync("one", TestContext.Current.CancellationToken));
            _owner = taken.Owner;
            await using var pipeline = new CommitPipeline(store, "one", taken, new(), time, NullLogger<CommitPipeline>.Instance);
            await scenario(time, pipeline);
        },
        TimeSpan.FromDays(1));
}
