using Microsoft.Extensions.Logging.Abstractions;
using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

/// <content>What a pipeline must make of every store.</content>
public abstract partial class StoreConformanceTests
{
    [Fact]
    public async Task Pipeline_ManyUnits_AllAreStoredInOrder()
    {
        var taken = await TakeAsync("one");
        await using var pipeline = Open(taken);
        var fates = new List<Task<CommitFate>>();
        for (var i = 1; i <= 200; i++)
        {
            await pipeline.WhenRoom();
            fates.Add(pipeline.CommitAsync(Changes(("counter", $"{i}"), ($"task-{i}", $"{i}"))));
            Assert.Equal(i, pipeline.Sequence);
        }

        Assert.All(await Task.WhenAll(fates), fate => Assert.Equal(CommitFate.Durable, fate));
        Assert.Contains("counter=200", await TasksAsync());
        Assert.Equal(201, (await TasksAsync()).Length);
        Assert.Equal(TimeSpan.Zero, pipeline.OldestUnacknowledged);
    }

    [Fact]
    public async Task Pipeline_UnitOfSeveralCalls_IsStoredWhole()
    {
        var taken = await TakeAsync("one");
        await using var pipeline = Open(taken);
        var changes = new ChangeSet();
        for (var i = 0; i < 40; i++) changes.PutTask($"task-{i}", new byte[512 << 10]);
        for (var i = 0; i < 10_000; i++) changes.PutTask($"small-{i}", Bytes("x"));
        changes.PutState("graph", Bytes("g"));

        Assert.Equal(CommitFate.Durable, await pipeline.CommitAsync(changes));

        Assert.Equal(3, pipeline.Sequence);
        Assert.Equal(10_040, (await TasksAsync()).Length);
        Assert.Equal(["graph=g"], await StateAsync());
    }

    [Fact]
    public async Task Pipeline_AfterAnotherTookTheQueue_IsFencedForGood()
    {
        await using var old = Open(await TakeAsync("one"));
        Assert.Equal(CommitFate.Durable, await old.CommitAsync(Changes(("a", "1"))));
        await using var now = Open(await TakeAsync("one"));

        Assert.Equal(CommitFate.Fenced, await old.CommitAsync(Changes(("a", "old"))));
        Assert.Equal(CommitFate.Fenced, (await old.Ended).Fate);
        Assert.Equal(CommitFate.Fenced, await old.CommitAsync(new()));
        Assert.True(old.HasRoom);
        Assert.Equal(CommitFate.Durable, await now.CommitAsync(Changes(("b", "2"))));
        Assert.Equal(["a=1", "b=2"], await TasksAsync());
    }

    [Fact]
    public async Task Pipeline_StoreGoesBackWithinTheRing_WritesTheLostAgain()
    {
        await using var pipeline = Open(await TakeAsync("one"));
        await CommitAsync(pipeline, 1, 2);
        var saved = await Bed.SaveAsync(Queue);
        await CommitAsync(pipeline, 3, 6);

        await Bed.GoBackAsync(Queue, saved);

        await CommitAsync(pipeline, 7, 7);
        Assert.Equal(["task-1=1", "task-2=2", "task-3=3", "task-4=4", "task-5=5", "task-6=6", "task-7=7"], await TasksAsync());
    }

    [Fact]
    public async Task Pipeline_StoreGoesBackBehindTheRing_EndsRegressed()
    {
        await using var pipeline = Open(await TakeAsync("one"), new() { RingBytes = 1 });
        await CommitAsync(pipeline, 1, 1);
        var saved = await Bed.SaveAsync(Queue);
        await CommitAsync(pipeline, 2, 3);

        await Bed.GoBackAsync(Queue, saved);

        Assert.Equal(CommitFate.Regressed, await pipeline.CommitAsync(Changes(("task-4", "4"))));
        Assert.Equal(CommitFate.Regressed, (await pipeline.Ended).Fate);
        Assert.Equal(["task-1=1"], await TasksAsync());
    }

    [Fact]
    public async Task Pipeline_StoreLosesTheTakeoverToo_TakesAgainAndWritesTheLost()
    {
        await using (var before = Open(await TakeAsync("one"))) await CommitAsync(before, 1, 2);
        var saved = await Bed.SaveAsync(Queue);
        var taken = await TakeAsync("one");
        await using var pipeline = Open(taken);
        await CommitAsync(pipeline, 3, 5);

        await Bed.GoBackAsync(Queue, saved);

        await CommitAsync(pipeline, 6, 6);
        Assert.Equal(6, (await TasksAsync()).Length);
        Assert.Equal(taken.Owner.OwnerId, (await Store.CheckAsync(taken.Owner)).Stored.OwnerId);
    }

    [Fact]
    public async Task Pipeline_StoreForgetsEverythingSinceTheFirstTakeover_WritesAllAgain()
    {
        await using var pipeline = Open(await TakeAsync("one"));
        await CommitAsync(pipeline, 1, 3);

        await Bed.ForgetAsync(Queue);

        await CommitAsync(pipeline, 4, 4);
        Assert.Equal(4, (await TasksAsync()).Length);
    }

    [Fact]
    public async Task Pipeline_StoreForgetsWhatWasLoaded_EndsRegressed()
    {
        await using (var before = Open(await TakeAsync("one"))) await CommitAsync(before, 1, 1);
        await using var pipeline = Open(await TakeAsync("one"));
        await CommitAsync(pipeline, 2, 2);

        await Bed.ForgetAsync(Queue);

        Assert.Equal(CommitFate.Regressed, await pipeline.CommitAsync(Changes(("task-3", "3"))));
        Assert.Empty(await TasksAsync());
    }

    [Fact]
    public async Task Pipeline_OnlyMetaIsLost_EndsRegressed()
    {
        await using var pipeline = Open(await TakeAsync("one"));
        await CommitAsync(pipeline, 1, 1);
        await Bed.ForgetMetaAsync(Queue);
        Assert.Equal(CommitVerdict.NotOwner, (await Store.CheckAsync(new(1, ""))).Verdict);

        // It found nothing when it took the queue, and now there are records: that is not the nothing it found.
        var fate = pipeline.CommitAsync(Changes(("task-2", "2")));
        Assert.Equal(CommitFate.Regressed, await fate);
    }

    [Fact]
    public async Task Pipeline_ItsEpochWasGivenOutAgain_TellsOfTheLoss()
    {
        var other = await TakeAsync("one");
        var saved = await Bed.SaveAsync(Queue);
        await Bed.ForgetAsync(Queue);
        var taken = await TakePatientlyAsync("one");
        Assert.Equal(other.Owner.Epoch, taken.Owner.Epoch);
        await using var pipeline = Open(taken);
        await CommitAsync(pipeline, 1, 1);

        await Bed.GoBackAsync(Queue, saved);

        Assert.Equal(CommitFate.Regressed, await pipeline.CommitAsync(Changes(("task-2", "2"))));
    }

    [Fact]
    public async Task Pipeline_Released_LetsAnotherInstanceInAtOnce()
    {
        await using var pipeline = Open(await TakeAsync("one"));
        var last = pipeline.CommitAsync(Changes(("a", "1")));

        await pipeline.ReleaseAsync(Cancel);

        Assert.Equal(CommitFate.Durable, await last);
        Assert.Equal(1, (await TakeAsync("two")).Found.Sequence);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pipeline.CommitAsync(Changes(("a", "2"))));
    }

    protected static ChangeSet Changes(params (string Field, string Value)[] tasks)
    {
        var changes = new ChangeSet();
        foreach (var (field, value) in tasks) changes.PutTask(field, Bytes(value));
        return changes;
    }

    protected static async Task CommitAsync(CommitPipeline pipeline, int from, int to)
    {
        for (var i = from; i <= to; i++)
            Assert.Equal(CommitFate.Durable, await pipeline.CommitAsync(Changes(($"task-{i}", $"{i}"))).WaitAsync(Cancel));
    }

    protected CommitPipeline Open(Takeover.Acquired taken, CommitPipelineOptions? options = null) =>
        new(Store, "one", taken, options ?? new(), TimeProvider.System, NullLogger<CommitPipeline>.Instance);
}
