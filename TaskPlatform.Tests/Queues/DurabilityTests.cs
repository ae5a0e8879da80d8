using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Queues;

/// <summary>What a queue's answers promise, on a clock and a store in hand. <see cref="DurabilityCrashTests"/> kills owners on a real Redis.</summary>
public sealed class DurabilityTests
{
    // In milliseconds, for what would not end if the thing that is waited for never came.
    private const int Patience = 60_000;

    private readonly string _queue = $"q{Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Buffered_StoreStandsStill_AnswersAllButGrantsAtOnce()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Buffered);
        var frozen = Freeze(rig);

        await SubmitAsync(owner, "a");
        await SubmitAsync(owner, "b");
        var claim = ClaimAsync(owner);
        await Until.TrueAsync(() => rig.Network.Calls.Contains("commit 2"), TestContext.Current.CancellationToken);
        Assert.Equal("b", (await GetAsync(owner, "b")).Id);

        Assert.False(claim.IsCompleted);
        Assert.Empty(rig.Server.Read(_queue).Tasks);
        frozen.SetResult(CallFate.Answered);
        Assert.Equal("a", Assert.Single(await claim).Task.Id);
        Assert.Equal(["a", "a:body", "b", "b:body"], rig.Server.Read(_queue).Tasks.Keys);
        Assert.Equal(TaskState.Assigned, Stored(rig, "a").State);
    }

    [Fact(Timeout = Patience)]
    public async Task Buffered_ClaimThatWaited_IsAnsweredWhenItsGrantIsStored()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Buffered);
        var claim = ClaimAsync(owner, waitMs: 30_000);
        Assert.Empty(await ClaimAsync(owner));
        var frozen = Freeze(rig);

        await SubmitAsync(owner, "a");
        await Until.TrueAsync(() => rig.Network.Calls.Contains("commit 2"), TestContext.Current.CancellationToken);

        Assert.False(claim.IsCompleted);
        frozen.SetResult(CallFate.Answered);
        Assert.Equal("a", Assert.Single(await claim).Task.Id);
        Assert.Equal(TaskState.Assigned, Stored(rig, "a").State);
    }

    [Fact(Timeout = Patience)]
    public async Task Buffered_Changes_AreStoredTogetherWithinASecond()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Buffered);
        await SubmitAsync(owner, "a");
        rig.Time.Advance(TimeSpan.FromSeconds(0.9));
        await SubmitAsync(owner, "b");
        Assert.Empty(rig.Server.Read(_queue).Tasks);

        rig.Time.Advance(TimeSpan.FromSeconds(0.2));
        await Until.TrueAsync(() => rig.Server.Read(_queue).Tasks.Count > 0, TestContext.Current.CancellationToken);

        Assert.Equal(["a", "a:body", "b", "b:body"], rig.Server.Read(_queue).Tasks.Keys);
        Assert.Equal(2, rig.Server.Read(_queue).Position.Sequence);
    }

    [Fact(Timeout = Patience)]
    public async Task Buffered_StoreAwayForFiveSeconds_RefusesChangesUntilTheyAreStored()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Buffered);
        var frozen = Freeze(rig);
        await SubmitAsync(owner, "a");
        await PassAsync(rig, owner, seconds: 3);

        await Assert.ThrowsAsync<QueueUnavailableException>(() => ClaimAsync(owner));
        await SubmitAsync(owner, "b");
        await PassAsync(rig, owner, seconds: 2.5);
        var refused = await Assert.ThrowsAsync<QueueUnavailableException>(() => SubmitAsync(owner, "c"));

        Assert.Equal(QueueUnavailableException.QueueUnavailable, refused.Name);
        Assert.Equal("b", (await GetAsync(owner, "b")).Id);
        frozen.SetResult(CallFate.Answered);
        await Until.TrueAsync(() => !owner.IsStalled, TestContext.Current.CancellationToken);
        await SubmitAsync(owner, "c");
        Assert.Equal(["a", "a:body", "b", "b:body"], rig.Server.Read(_queue).Tasks.Keys);
    }

    [Fact]
    public async Task Buffered_NotKnownWhoseTheQueueIs_AnswersNothing()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Buffered);
        var frozen = Freeze(rig);
        await SubmitAsync(owner, "a");

        // The owner's lease of ten seconds is no longer certain two seconds before it ends.
        await PassAsync(rig, owner, seconds: 7.5);
        Assert.Equal("a", (await GetAsync(owner, "a")).Id);
        rig.Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<QueueUnavailableException>(() => GetAsync(owner, "a"));
        frozen.SetResult(CallFate.Answered);
    }

    [Fact]
    public async Task Buffered_CleanStop_StoresEverything()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Buffered);
        await SubmitAsync(owner, "a");
        Assert.Empty(rig.Server.Read(_queue).Tasks);

        await owner.DisposeAsync();

        Assert.Equal(["a", "a:body"], rig.Server.Read(_queue).Tasks.Keys);
    }

    [Fact(Timeout = Patience)]
    public async Task Buffered_FinishedTask_LeavesMemoryOnlyWhenItIsStored()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Buffered);
        await SubmitAsync(owner, "a");
        await CompleteAsync(owner, Assert.Single(await ClaimAsync(owner)));
        Assert.False((await GetAsync(owner, "a")).IsPartlyInStore);

        rig.Time.Advance(TimeSpan.FromSeconds(1.1));
        await Until.TrueAsync(() => Stored(rig, "a").State == TaskState.Completed, TestContext.Current.CancellationToken);
        await Until.TrueAsync(async () => (await GetAsync(owner, "a")).IsPartlyInStore, TestContext.Current.CancellationToken);

        Assert.Equal("[42]"u8.ToArray(), (await WholeAsync(owner, "a"))!.Result.ToArray());
    }

    [Fact(Timeout = Patience)]
    public async Task Buffered_FinishedTaskThatChangedAgain_StaysInMemoryUntilThatIsStoredToo()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Buffered);
        await SubmitAsync(owner, "a");
        await owner.SendAsync(new Command.Cancel("a", "first"), Cancel);
        var frozen = Freeze(rig);
        rig.Time.Advance(TimeSpan.FromSeconds(1.1));
        await Until.TrueAsync(() => rig.Network.Calls.Contains("commit 2"), TestContext.Current.CancellationToken);
        await owner.SendAsync(new Command.Retry("a"), Cancel);
        await owner.SendAsync(new Command.Cancel("a", "second"), Cancel);

        frozen.SetResult(CallFate.Answered);
        await Until.TrueAsync(() => rig.Server.Read(_queue).Tasks.ContainsKey("a"), TestContext.Current.CancellationToken);
        await PassAsync(rig, owner, seconds: 0.2);

        Assert.Equal("first", Stored(rig, "a").History!.CancelReason);
        Assert.Equal("second", (await GetAsync(owner, "a")).History!.CancelReason);
        await PassAsync(rig, owner, seconds: 1);
        await Until.TrueAsync(async () => (await GetAsync(owner, "a")).IsPartlyInStore, TestContext.Current.CancellationToken);
        Assert.Equal("second", Stored(rig, "a").History!.CancelReason);
    }

    [Fact(Timeout = Patience)]
    public async Task Buffered_Events_AreToldInTheirOrder()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Buffered);
        await using var events = owner.Events.SubscribeAsync(null, Cancel).GetAsyncEnumerator(Cancel);
        var first = events.MoveNextAsync();
        await SubmitAsync(owner, "a");
        Assert.True(await first);
        var frozen = Freeze(rig);

        var claim = ClaimAsync(owner);
        await Until.TrueAsync(() => rig.Network.Calls.Contains("commit 2"), TestContext.Current.CancellationToken);
        await SubmitAsync(owner, "b");
        var next = events.MoveNextAsync();
        Assert.False(next.IsCompleted);
        frozen.SetResult(CallFate.Answered);

        Assert.True(await next);
        Assert.Equal(("claimed", "a"), (events.Current.Kind, events.Current.TaskId));
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("submitted", "b"), (events.Current.Kind, events.Current.TaskId));
        await claim;
    }

    [Theory(Timeout = Patience)]
    [InlineData(Durability.Buffered)]
    [InlineData(Durability.Memory)]
    public async Task Settings_OfAnyQueue_AreAnsweredWhenTheyAreStored(Durability durability)
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, durability);
        var frozen = Freeze(rig);

        var configured = owner.SendAsync(new Command.Configure(new SettingsChange { AgeingMs = 5 }), Cancel);
        await Until.TrueAsync(() => rig.Network.Calls.Contains("commit 2"), TestContext.Current.CancellationToken);

        Assert.False(configured.IsCompleted);
        frozen.SetResult(CallFate.Answered);
        await configured;
        Assert.Equal(5, QueueRecords.ReadSettings(rig.Server.Read(_queue).Settings!.Value).AgeingMs);
    }

    [Theory]
    [InlineData(Durability.Durable, "durable; fsync=unknown")]
    [InlineData(Durability.Buffered, "buffered; fsync=unknown")]
    [InlineData(Durability.Memory, "memory")]
    public async Task Header_OfAnAnswer_SaysWhatIsPromised(Durability durability, string header)
    {
        await using var rig = await QueueRig.StartAsync();
        Assert.Equal("durable; fsync=unknown", (await rig.OwnerAsync(_queue)).DurabilityHeader);

        var owner = await OwnerAsync(rig, durability);

        Assert.Equal(header, owner.DurabilityHeader);
    }

    [Fact(Timeout = Patience)]
    public async Task Durable_BecomesBuffered_PromisesAsBeforeUntilThatIsStored()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Durable);
        var frozen = Freeze(rig);
        var configured = owner.SendAsync(new Command.Configure(new SettingsChange { Durability = Durability.Buffered }), Cancel);
        await Until.TrueAsync(() => rig.Network.Calls.Contains("commit 2"), TestContext.Current.CancellationToken);

        var submitted = SubmitAsync(owner, "a");
        await Until.TrueAsync(() => rig.Network.Calls.Contains("commit 3"), TestContext.Current.CancellationToken);

        Assert.False(submitted.IsCompleted);
        Assert.Equal("durable; fsync=unknown", owner.DurabilityHeader);
        frozen.SetResult(CallFate.Answered);
        await configured;
        await submitted;
        Assert.Equal(["a", "a:body"], rig.Server.Read(_queue).Tasks.Keys);
    }

    [Fact(Timeout = Patience)]
    public async Task Memory_AnyWork_IsNeverStored()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Memory);
        await SubmitAsync(owner, "a");
        await CompleteAsync(owner, Assert.Single(await ClaimAsync(owner)));
        await owner.SendAsync(new Command.RegisterAgent("other", ["coding"], 2), TestContext.Current.CancellationToken);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        await PassAsync(rig, owner, seconds: 1);

        var task = await WholeAsync(owner, "a");

        Assert.Equal("[42]"u8.ToArray(), task!.Result.ToArray());
        Assert.NotNull(task.Body);
        Assert.False(task.IsPartlyInStore);
        await owner.DisposeAsync();
        Assert.Empty(rig.Server.Read(_queue).Tasks);
        Assert.Empty(rig.Server.Read(_queue).State);
        Assert.Equal(1, rig.Server.Read(_queue).Position.Sequence);
    }

    [Fact(Timeout = Patience)]
    public async Task Memory_QueueThatWasDurable_LeavesNothingBehindInTheStore()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Durable);
        await owner.SendAsync(new Command.RegisterAgent("other", ["coding"], 2), TestContext.Current.CancellationToken);
        Assert.NotEmpty(rig.Server.Read(_queue).State);

        await OwnerAsync(rig, Durability.Memory);
        Assert.Empty(rig.Server.Read(_queue).State);
        await OwnerAsync(rig, Durability.Durable);

        Assert.Equal(["agent:other"], rig.Server.Read(_queue).State.Keys);
    }

    [Fact(Timeout = Patience)]
    public async Task Memory_StoreAway_IsNotServedSinceNobodyKnowsWhoseTheQueueIs()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await OwnerAsync(rig, Durability.Memory);
        var frozen = Freeze(rig);
        rig.Time.Advance(TimeSpan.FromSeconds(8.5));
        var submitted = SubmitAsync(owner, "a");

        await Until.TrueAsync(() => { rig.Time.Advance(TimeSpan.FromSeconds(0.1)); return submitted.IsCompleted; }, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<QueueUnavailableException>(() => submitted);
        frozen.SetResult(CallFate.Answered);
    }

    private async Task<QueueOwner> OwnerAsync(QueueRig rig, Durability durability)
    {
        var owner = await rig.OwnerAsync(_queue);
        var reply = await owner.SendAsync(new Command.Configure(new SettingsChange { Durability = durability }), Cancel);
        Assert.Equal(durability, Assert.IsType<Outcome.QueueAnswer>(reply.Outcome).View.Settings.Durability);
        // The answer comes first, and the owner goes on with what it now promises.
        await Until.TrueAsync(() => owner.DurabilityHeader.StartsWith($"{durability}", StringComparison.OrdinalIgnoreCase), Cancel);
        return owner;
    }

    private static TaskCompletionSource<CallFate> Freeze(QueueRig rig)
    {
        var frozen = new TaskCompletionSource<CallFate>(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Network.Decide = _ => frozen.Task;
        return frozen;
    }

    /// <summary>Time goes on in small steps, and the owner's loop sees each of them.</summary>
    private static async Task PassAsync(QueueRig rig, QueueOwner owner, double seconds)
    {
        for (var left = TimeSpan.FromSeconds(seconds); left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(0.1))
        {
            rig.Time.Advance(TimeSpan.FromSeconds(0.1));
            await owner.SendAsync(new Command.GetQueue(), Cancel);
        }
    }

    private static async Task SubmitAsync(QueueOwner owner, string id)
    {
        var task = new TaskSubmission { Id = id, Type = "work", Body = new TaskBody { Payload = "[1]"u8.ToArray(), LeaseMs = 60_000 } };
        Assert.IsType<Outcome.TaskAnswer>((await owner.SendAsync(new Command.Submit(task), Cancel)).Outcome);
    }

    private static async Task<IReadOnlyList<TaskView>> ClaimAsync(QueueOwner owner, long waitMs = 0)
    {
        var claim = new Command.Claim("agent", "one", Types: null, Max: 1, waitMs, LeaseMs: null, ClaimId: null);
        return Assert.IsType<Outcome.Claimed>((await owner.SendAsync(claim, Cancel)).Outcome).Grants;
    }

    private static Task CompleteAsync(QueueOwner owner, TaskView grant)
        => owner.SendAsync(new Command.Complete(grant.Task.Id, grant.Task.Lease!.Token, "[42]"u8.ToArray(), null, null), Cancel);

    private static async Task<TaskView> ViewAsync(QueueOwner owner, string id)
        => Assert.IsType<Outcome.TaskAnswer>((await owner.SendAsync(new Command.GetTask(id), Cancel)).Outcome).View;

    private static async Task<TaskItem> GetAsync(QueueOwner owner, string id) => (await ViewAsync(owner, id)).Task;

    private static async Task<TaskItem?> WholeAsync(QueueOwner owner, string id)
        => (await owner.HydrateAsync(await ViewAsync(owner, id), Cancel))?.Task;

    private TaskItem Stored(QueueRig rig, string id) => TaskRecords.ReadState(id, rig.Server.Read(_queue).Tasks[id]);
}
