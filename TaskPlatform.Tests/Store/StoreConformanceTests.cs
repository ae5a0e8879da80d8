using System.Text;
using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

/// <summary>What every store must do, call by call. The subclasses bring the stores.</summary>
public abstract partial class StoreConformanceTests : IAsyncLifetime
{
    private IStoreBed? _bed;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected IStoreBed Bed => _bed!;

    protected string Queue { get; } = $"q-{Guid.NewGuid():n}";

    protected IQueueStore Store => Bed.Stores.For(Queue);

    public async ValueTask InitializeAsync() => _bed = await MakeBedAsync();

    public async ValueTask DisposeAsync()
    {
        if (_bed is not null) await _bed.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<IStoreBed> MakeBedAsync();

    [Fact]
    public async Task TakeOver_ANewQueue_FindsNothing()
    {
        var taken = await TakeAsync("one");

        Assert.Equal(1, taken.Owner.Epoch);
        Assert.Equal(StoredPosition.None, taken.Found);
        Assert.Null(taken.Settings);
        Assert.Equal(1, taken.FormatVersion);
    }

    [Fact]
    public async Task TakeOver_WhileAnotherInstanceHolds_IsHeld()
    {
        await TakeAsync("one");

        var held = Assert.IsType<Takeover.Held>(await Store.TakeOverAsync("two", Cancel));

        Assert.Equal("one", held.Instance);
        Assert.InRange(held.Remaining, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task TakeOver_AfterTheLease_FindsWhereTheOtherStood()
    {
        var one = await TakeAsync("one");
        await ApplyAsync(one.Owner, Batch(1, ("a", "1")));
        await Bed.LapseAsync(Queue);

        var two = await TakeAsync("two");

        Assert.Equal(2, two.Owner.Epoch);
        Assert.Equal(new StoredPosition(1, one.Owner.OwnerId, 1), two.Found);
    }

    [Fact]
    public async Task TakeOver_BySameInstance_SucceedsAtOnceWithANewOwner()
    {
        var one = await TakeAsync("one");

        var again = await TakeAsync("one");

        Assert.Equal(2, again.Owner.Epoch);
        Assert.NotEqual(one.Owner.OwnerId, again.Owner.OwnerId);
    }

    [Fact]
    public async Task TakeOver_ALeaseLongerThanAnyCanBe_CountsAsPassed()
    {
        await TakeAsync("one");
        await Bed.SetMetaAsync(Queue, "lease", "99999999999999");

        Assert.Equal(2, (await TakeAsync("two")).Owner.Epoch);
    }

    [Fact]
    public async Task TakeOver_ANewerFormat_IsRefused()
    {
        await TakeAsync("one");
        await Bed.SetMetaAsync(Queue, "format", "2");

        var refused = Assert.IsType<Takeover.Unreadable>(await Store.TakeOverAsync("one", Cancel));

        Assert.Contains("format 2", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TakeOver_RecordsWithoutMeta_IsRefused()
    {
        var one = await TakeAsync("one");
        await ApplyAsync(one.Owner, Batch(1, ("a", "1")));
        await Bed.ForgetMetaAsync(Queue);

        Assert.IsType<Takeover.Unreadable>(await Store.TakeOverAsync("one", Cancel));
    }

    [Fact]
    public async Task Release_ByTheOwner_LetsAnotherInstanceIn()
    {
        var one = await TakeAsync("one");

        await Store.ReleaseAsync(one.Owner);

        Assert.Equal(2, (await TakeAsync("two")).Owner.Epoch);
    }

    [Fact]
    public async Task Release_ByAnOldOwner_DoesNothing()
    {
        var old = await TakeAsync("one");
        await TakeAsync("one");

        await Store.ReleaseAsync(old.Owner);

        Assert.IsType<Takeover.Held>(await Store.TakeOverAsync("two", Cancel));
    }

    [Fact]
    public async Task Commit_TheNextBatch_WritesEverything()
    {
        var one = await TakeAsync("one");
        await ApplyAsync(one.Owner, Batch(1, ("a", "1"), ("b", "2")));
        var changes = new ChangeSet();
        changes.DeleteTask("a");
        changes.PutTask("b", Bytes("3"));
        changes.PutTask("empty", default);
        changes.PutState("agent", Bytes("x\0y"));
        changes.PutSettings(Bytes("settings"));
        await ApplyAsync(one.Owner, Batch(2, changes));

        Assert.Equal(["b=3", "empty="], await TasksAsync());
        Assert.Equal(["agent=x\0y"], await StateAsync());
        Assert.Equal("settings", Text((await TakeAsync("one")).Settings));
    }

    [Fact]
    public async Task Commit_ABatchThatWasApplied_ChangesNothing()
    {
        var one = await TakeAsync("one");
        await ApplyAsync(one.Owner, Batch(1, ("a", "1")));
        await ApplyAsync(one.Owner, Batch(2, ("a", "2")));

        var reply = await Store.CommitAsync(one.Owner, Batch(1, ("a", "1")));

        Assert.Equal(new CommitReply(CommitVerdict.AlreadyApplied, new(1, one.Owner.OwnerId, 2)), reply);
        Assert.Equal(["a=2"], await TasksAsync());
    }

    [Fact]
    public async Task Commit_ABatchTooFarAhead_WritesNothing()
    {
        var one = await TakeAsync("one");

        var reply = await Store.CommitAsync(one.Owner, Batch(2, ("a", "1")));

        Assert.Equal(new CommitReply(CommitVerdict.Gap, new(1, one.Owner.OwnerId, 0)), reply);
        Assert.Empty(await TasksAsync());
    }

    [Fact]
    public async Task Commit_ByAnOlderEpoch_WritesNothing()
    {
        var old = await TakeAsync("one");
        var now = await TakeAsync("one");

        var reply = await Store.CommitAsync(old.Owner, Batch(1, ("a", "1")));

        Assert.Equal(new CommitReply(CommitVerdict.NotOwner, new(2, now.Owner.OwnerId, 0)), reply);
        Assert.Empty(await TasksAsync());
    }

    [Fact]
    public async Task Commit_BySameEpochButAnotherOwner_WritesNothing()
    {
        var one = await TakeAsync("one");

        var reply = await Store.CommitAsync(new(one.Owner.Epoch, "somebody else"), Batch(1, ("a", "1")));

        Assert.Equal(CommitVerdict.NotOwner, reply.Verdict);
        Assert.Empty(await TasksAsync());
    }

    [Fact]
    public async Task Commit_AfterMetaIsGone_WritesNothing()
    {
        var one = await TakeAsync("one");
        await Bed.ForgetMetaAsync(Queue);

        Assert.Equal(
            new CommitReply(CommitVerdict.NotOwner, StoredPosition.None), await Store.CommitAsync(one.Owner, Batch(1, ("a", "1"))));
    }

    [Fact]
    public async Task Commit_RenewsTheLease()
    {
        var one = await TakeAsync("one");
        await Bed.LapseAsync(Queue);
        await ApplyAsync(one.Owner, Batch(1, ("a", "1")));

        Assert.IsType<Takeover.Held>(await Store.TakeOverAsync("two", Cancel));
    }

    [Fact]
    public async Task Check_ByTheOwner_RenewsTheLeaseAndTellsTheSequence()
    {
        var one = await TakeAsync("one");
        await ApplyAsync(one.Owner, Batch(1, ("a", "1")));
        await Bed.LapseAsync(Queue);

        Assert.Equal(new CommitReply(CommitVerdict.Applied, new(1, one.Owner.OwnerId, 1)), await Store.CheckAsync(one.Owner));
        Assert.IsType<Takeover.Held>(await Store.TakeOverAsync("two", Cancel));
    }

    [Fact]
    public async Task Reassert_WhereTheTakeoverFoundIt_TakesTheQueueAgain()
    {
        var one = await TakeAsync("one");
        await ApplyAsync(one.Owner, Batch(1, ("a", "1")));
        var saved = await Bed.SaveAsync(Queue);
        var two = await TakeAsync("one");
        await ApplyAsync(two.Owner, Batch(2, ("a", "2")));
        await Bed.GoBackAsync(Queue, saved);

        var reply = await ReassertAsync(two);

        Assert.Equal(new CommitReply(CommitVerdict.Applied, new(2, two.Owner.OwnerId, 1)), reply);
        await ApplyAsync(two.Owner, Batch(2, ("a", "2")));
        Assert.Equal(["a=2"], await TasksAsync());
    }

    [Fact]
    public async Task Reassert_OnNothing_TakesTheQueueOnlyIfItFoundNothing()
    {
        var one = await TakeAsync("one");
        await Bed.ForgetAsync(Queue);
        Assert.Equal(CommitVerdict.Applied, (await ReassertAsync(one)).Verdict);

        var two = await TakeAsync("one");
        await Bed.ForgetAsync(Queue);
        Assert.Equal(CommitVerdict.NotOwner, (await ReassertAsync(two)).Verdict);
    }

    [Fact]
    public async Task Reassert_AfterTheOwnerBeforeWroteOn_IsRefused()
    {
        var one = await TakeAsync("one");
        var saved = await Bed.SaveAsync(Queue);
        var two = await TakeAsync("one");
        await Bed.GoBackAsync(Queue, saved);
        await ApplyPatientlyAsync(one.Owner, Batch(1, ("a", "1")));

        Assert.Equal(CommitVerdict.NotOwner, (await ReassertAsync(two)).Verdict);
    }

    [Fact]
    public async Task Reassert_OnTheSameNumberOfAnotherHistory_IsRefused()
    {
        // One takes the queue at 0 and writes 1; two finds 1. The store goes back to one's takeover being lost, three takes it
        // with one's epoch and writes another 1. Two's epoch is higher and the number is the same, but not the content.
        var saved = await Bed.SaveAsync(Queue);
        var one = await TakeAsync("one");
        await ApplyAsync(one.Owner, Batch(1, ("a", "one")));
        var two = await TakeAsync("one");
        await Bed.GoBackAsync(Queue, saved);
        var three = await TakePatientlyAsync("three");
        await ApplyAsync(three.Owner, Batch(1, ("a", "three")));
        Assert.Equal(one.Owner.Epoch, three.Owner.Epoch);

        Assert.Equal(CommitVerdict.NotOwner, (await ReassertAsync(two)).Verdict);
    }

    [Fact]
    public async Task Load_TenThousandRecordsInOneBatch_GivesEachAtLeastOnce()
    {
        var one = await TakeAsync("one");
        var changes = new ChangeSet();
        for (var i = 0; i < 10_000; i++) changes.PutTask($"task-{i}", Bytes($"{i}"));
        for (var i = 0; i < 5_000; i++) changes.PutState($"state-{i}", Bytes($"{i}"));
        await ApplyAsync(one.Owner, Batch(1, changes));

        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => $"task-{i}={i}").Order(StringComparer.Ordinal), await TasksAsync());
        Assert.Equal(5_000, (await StateAsync()).Length);

        var deletes = new ChangeSet();
        for (var i = 0; i < 10_000; i++) deletes.DeleteTask($"task-{i}");
        await ApplyAsync(one.Owner, Batch(2, deletes));
        Assert.Empty(await TasksAsync());
    }

    [Fact]
    public async Task ReadTaskFields_SomeMissing_KeepsTheOrder()
    {
        var one = await TakeAsync("one");
        await ApplyAsync(one.Owner, Batch(1, ("a", "1"), ("b", "2")));

        var values = await Store.ReadTaskFieldsAsync(["b", "none", "a"], Cancel);

        Assert.Equal(["2", null, "1"], values.Select(Text));
        Assert.Empty(await Store.ReadTaskFieldsAsync([], Cancel));
    }

    [Fact]
    public async Task ListQueues_AfterTakeover_NamesTheQueue()
    {
        Assert.DoesNotContain(Queue, await Bed.Stores.ListQueuesAsync(Cancel));
        await TakeAsync("one");
        Assert.Contains(Queue, await Bed.Stores.ListQueuesAsync(Cancel));
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Encoding.UTF8.GetString(some.Span) : null;

    protected static CommitBatch Batch(long sequence, ChangeSet changes) =>
        Assert.Single(BatchSplitter.Split(changes, sequence, int.MaxValue));

    protected static CommitBatch Batch(long sequence, params (string Field, string Value)[] tasks)
    {
        var changes = new ChangeSet();
        foreach (var (field, value) in tasks) changes.PutTask(field, Bytes(value));
        return Batch(sequence, changes);
    }

    protected async Task<Takeover.Acquired> TakeAsync(string instance) =>
        Assert.IsType<Takeover.Acquired>(await Store.TakeOverAsync(instance, Cancel));

    protected async Task<string[]> TasksAsync() => await Loaded.FieldsAsync(Store.LoadTasksAsync(Cancel));

    protected async Task<string[]> StateAsync() => await Loaded.FieldsAsync(Store.LoadStateAsync(Cancel));

    private async Task ApplyAsync(Ownership owner, CommitBatch batch) =>
        Assert.Equal(CommitVerdict.Applied, (await Store.CommitAsync(owner, batch)).Verdict);

    // After the connections were cut the first calls may fail; none of these takes effect twice.
    private Task<CommitReply> ReassertAsync(Takeover.Acquired taken) =>
        Patiently.DoAsync(() => Store.ReassertAsync(taken.Owner, "one", taken.Found), Cancel);

    private async Task ApplyPatientlyAsync(Ownership owner, CommitBatch batch) =>
        Assert.Equal(batch.Sequence, (await Patiently.DoAsync(() => Store.CommitAsync(owner, batch), Cancel)).Stored.Sequence);

    private async Task<Takeover.Acquired> TakePatientlyAsync(string instance) =>
        Assert.IsType<Takeover.Acquired>(await Patiently.DoAsync(() => Store.TakeOverAsync(instance, Cancel), Cancel));
}
