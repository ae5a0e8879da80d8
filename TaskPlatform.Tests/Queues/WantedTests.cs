using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Queues;

/// <summary>A finished task has left memory, and somebody retries it or looks at it.</summary>
public sealed class WantedTests
{
    // In milliseconds, for what would not end if the thing that is waited for never came.
    private const int Patience = 60_000;

    private readonly string _queue = $"q{Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Retry_OfATaskThatLeftMemory_GoesOnWithItsRecords()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await FailAsync(owner, "a");

        var retried = (await SendAsync<Outcome.TaskAnswer>(owner, new Command.Retry("a"))).View.Task;

        Assert.Equal(TaskState.Pending, retried.State);
        Assert.Equal("oops", retried.Error!.Type);
        var again = Assert.Single((await SendAsync<Outcome.Claimed>(owner, Claim())).Grants).Task;
        Assert.Equal("[1]"u8.ToArray(), again.Body!.Payload.ToArray());
        Assert.Equal(2, again.Attempt);
        Assert.Single(again.Attempts);
    }

    [Fact(Timeout = Patience)]
    public async Task Retry_StoreDoesNotAnswer_IsTriedEachSecond()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await FailAsync(owner, "a");
        var reads = new List<DateTimeOffset>();
        rig.Network.Decide = what =>
        {
            if (what != "read") return Task.FromResult(CallFate.Answered);
            reads.Add(rig.Time.GetUtcNow());
            return Task.FromResult(reads.Count <= 2 ? CallFate.RequestLost : CallFate.Answered);
        };

        var retried = SendAsync<Outcome.TaskAnswer>(owner, new Command.Retry("a"));
        await Until.TrueAsync(() =>
        {
            if (Reads(rig) < 3) rig.Time.Advance(TimeSpan.FromSeconds(0.1));
            return retried.IsCompleted;
        }, TestContext.Current.CancellationToken);

        Assert.Equal(TaskState.Pending, (await retried).View.Task.State);
        Assert.Equal(3, reads.Count);
        Assert.All(reads.Zip(reads.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a:body")]
    public async Task Retry_RecordIsMissing_EndsTheOwnerAndNamesTheTask(string field)
        => await AssertEndsAsync(tasks => { tasks.Remove(field); });

    [Theory]
    [InlineData("a")]
    [InlineData("a:body")]
    public async Task Retry_RecordIsDamaged_EndsTheOwnerAndNamesTheTask(string field)
        => await AssertEndsAsync(tasks => tasks[field] = tasks[field][..^1]);

    private async Task AssertEndsAsync(Action<Dictionary<string, ReadOnlyMemory<byte>>> spoil)
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await FailAsync(owner, "a");
        var content = rig.Server.Read(_queue);
        var tasks = content.Tasks.ToDictionary();
        spoil(tasks);
        rig.Server.Replace(_queue, content with { Tasks = MemoryContent.Nothing.Tasks.AddRange(tasks) }, cut: false);

        await Assert.ThrowsAsync<QueueUnavailableException>(() => SendAsync<Outcome.TaskAnswer>(owner, new Command.Retry("a")));

        var end = await owner.Ended;
        Assert.Contains("'a'", end.Reason, StringComparison.Ordinal);
        Assert.False(end.MayBeTakenAgain);
    }

    [Fact(Timeout = Patience)]
    public async Task Retry_DeletedBeforeItsRecordsAreRead_IsTaskPurged()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await FailAsync(owner, "a");
        var reading = new TaskCompletionSource<CallFate>(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Network.Decide = what => what == "read" ? reading.Task : Task.FromResult(CallFate.Answered);
        var retried = owner.SendAsync(new Command.Retry("a"), Cancel);
        await Until.TrueAsync(() => Reads(rig) == 1, TestContext.Current.CancellationToken);
        await SendAsync<Outcome.Done>(owner, new Command.Delete("a"));

        reading.SetResult(CallFate.Answered);

        Assert.Equal(Refusal.TaskPurged, Assert.IsType<Outcome.Refused>((await retried).Outcome).Refusal.Name);
        Assert.Empty(rig.Server.Read(_queue).Tasks);
    }

    [Fact(Timeout = Patience)]
    public async Task Retry_CallerGone_IsCarriedOutNevertheless()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await FailAsync(owner, "a");
        using var caller = new CancellationTokenSource();
        var reading = new TaskCompletionSource<CallFate>(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Network.Decide = what => what == "read" ? reading.Task : Task.FromResult(CallFate.Answered);
        _ = owner.SendAsync(new Command.Retry("a"), caller.Token);
        await Until.TrueAsync(() => Reads(rig) == 1, TestContext.Current.CancellationToken);

        await caller.CancelAsync();
        reading.SetResult(CallFate.Answered);

        await Until.TrueAsync(async () => (await ViewAsync(owner, "a")).Task.State == TaskState.Pending, TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = Patience)]
    public async Task Hydrate_TaskThatLeftMemory_HasEverythingAgain()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await FailAsync(owner, "a");
        var view = await ViewAsync(owner, "a");
        Assert.True(view.Task.IsPartlyInStore);
        Assert.Null(view.Task.Error);

        var whole = (await owner.HydrateAsync(view, TestContext.Current.CancellationToken))!.Task;

        Assert.Equal("oops", whole.Error!.Type);
        Assert.Equal("failed", Assert.Single(whole.Attempts).Outcome);
        Assert.Equal("[1]"u8.ToArray(), whole.Body!.Payload.ToArray());
        Assert.Equal((TaskState.Failed, view.Task.Order), (whole.State, whole.Order));
    }

    [Fact(Timeout = Patience)]
    public async Task Hydrate_DeletedMeanwhile_IsNull()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await FailAsync(owner, "a");
        var view = await ViewAsync(owner, "a");
        await SendAsync<Outcome.Done>(owner, new Command.Delete("a"));

        Assert.Null(await owner.HydrateAsync(view, TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = Patience)]
    public async Task Hydrate_RetriedMeanwhile_IsTheTaskAsItIsStored()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await FailAsync(owner, "a");
        var view = await ViewAsync(owner, "a");
        await SendAsync<Outcome.TaskAnswer>(owner, new Command.Retry("a"));

        Assert.Equal(TaskState.Pending, (await owner.HydrateAsync(view, TestContext.Current.CancellationToken))!.Task.State);
    }

    [Fact(Timeout = Patience)]
    public async Task HydrateAll_ManyViews_TakesOneReadForAThousandFields()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        for (var number = 0; number < 400; number++) await SendAsync<Outcome.TaskAnswer>(owner, Submit($"t{number:000}"));
        await SendAsync<Outcome.TaskAnswer>(owner, new Command.Cancel("t399", null));
        for (var number = 0; number < 399; number++) await SendAsync<Outcome.TaskAnswer>(owner, new Command.Cancel($"t{number:000}", "enough"));
        var page = await SendAsync<Outcome.Page>(owner, new Command.ListTasks(TaskFilter.Any, 1_000, long.MaxValue));
        await SendAsync<Outcome.Done>(owner, new Command.Delete("t007"));

        var whole = await owner.HydrateAllAsync(page.Tasks, withInputs: false, TestContext.Current.CancellationToken);

        // Two, and one more for what was not there.
        Assert.Equal(3, Reads(rig));
        Assert.Equal(page.Tasks.Select(view => view.Task.Id == "t007" ? null : view.Task.Id), whole.Select(view => view?.Task.Id));
        Assert.Equal("enough", whole[^1]!.Task.History!.CancelReason);
    }

    [Fact(Timeout = Patience)]
    public async Task Hydrate_ViewThatIsWhole_AsksNoStore()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        var view = (await SendAsync<Outcome.TaskAnswer>(owner, Submit("a"))).View;

        Assert.Same(view, await owner.HydrateAsync(view, TestContext.Current.CancellationToken));
        Assert.Equal(0, Reads(rig));
    }

    [Fact(Timeout = Patience)]
    public async Task Hydrate_InputDeletedMeanwhile_IsLeftOut()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync(_queue);
        await SendAsync<Outcome.TaskAnswer>(owner, Submit("a"));
        await SendAsync<Outcome.TaskAnswer>(owner, Submit("b", after: "a"));
        await CompleteAsync(owner);
        await CompleteAsync(owner);
        var view = await ViewAsync(owner, "b");
        Assert.Equal("a", Assert.Single(view.Inputs).Id);
        Assert.Equal("[42]"u8.ToArray(), (await owner.HydrateAsync(view, TestContext.Current.CancellationToken))!.Inputs.Single().Result.ToArray());
        await SendAsync<Outcome.Done>(owner, new Command.Delete("a"));

        Assert.Empty((await owner.HydrateAsync(view, TestContext.Current.CancellationToken))!.Inputs);
    }

    private static int Reads(QueueRig rig) => rig.Network.Calls.Count(call => call == "read");

    private static Command.Submit Submit(string id, params string[] after) => new(new TaskSubmission
    {
        Id = id,
        Type = "work",
        DependsOn = [.. after.Select(on => new DependencyEdge(on))],
        Body = new TaskBody { Payload = "[1]"u8.ToArray(), LeaseMs = 60_000 },
    });

    private static Command.Claim Claim() => new("agent", "one", Types: null, Max: 1, WaitMs: 0, LeaseMs: null, ClaimId: null);

    internal static async Task FailAsync(QueueOwner owner, string id)
    {
        await SendAsync<Outcome.TaskAnswer>(owner, Submit(id));
        var grant = Assert.Single((await SendAsync<Outcome.Claimed>(owner, Claim())).Grants).Task;
        var error = new TaskError("oops", "It did not work.", Retryable: false);
        await SendAsync<Outcome.TaskAnswer>(owner, new Command.Fail(id, grant.Lease!.Token, error, null));
    }

    private static async Task CompleteAsync(QueueOwner owner)
    {
        var grant = Assert.Single((await SendAsync<Outcome.Claimed>(owner, Claim())).Grants).Task;
        await SendAsync<Outcome.TaskAnswer>(owner, new Command.Complete(grant.Id, grant.Lease!.Token, "[42]"u8.ToArray(), null, null));
    }

    internal static async Task<TaskView> ViewAsync(QueueOwner owner, string id)
        => (await SendAsync<Outcome.TaskAnswer>(owner, new Command.GetTask(id))).View;

    internal static async Task<T> SendAsync<T>(QueueOwner owner, Command command) where T : Outcome
        => Assert.IsType<T>((await owner.SendAsync(command, Cancel)).Outcome);
}
