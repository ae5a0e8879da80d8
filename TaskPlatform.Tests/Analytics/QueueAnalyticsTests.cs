using TaskPlatform.Api.Analytics;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Analytics;

/// <summary>What an owner says of its queue, against a recount of everything that happened; over windows, steps and restarts.</summary>
public sealed class QueueAnalyticsTests : IAsyncLifetime
{
    private AnalyticsRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await AnalyticsRig.StartAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    [InlineData(6, true)]
    public async Task Figures_AnythingHappens_AreThoseOfARecountInEveryWindow(int seed, bool restarts)
    {
        var (random, recount, leased) = (new Random(seed), new Recount(), new List<TaskItem>());
        foreach (var agent in (string[])["a", "b"]) await rig.RegisterAsync(agent, 3);
        for (var number = 0; number < 500; number++)
        {
            await DoAnythingAsync(random, number, recount, leased);
            if (restarts && random.Next(60) == 0) await RestartAsync(leased);
            if (random.Next(3) == 0) await rig.SleepAsync(random.Next(90_000));
            else rig.Rig.Time.Advance(TimeSpan.FromMilliseconds(random.Next(40)));
            if (number % 25 == 0) await AssertWindowsAsync(recount);
        }
        await AssertWindowsAsync(recount);
        Assert.True((await rig.ReadAsync()).History.Count > 10);
    }

    private async Task AssertWindowsAsync(Recount recount)
    {
        foreach (var minutes in (int[])[5, 15, 60, 24 * 60])
        {
            var windowMs = minutes * AnalyticsRig.MinuteMs;
            var view = await rig.ReadAsync(windowMs);
            recount.AssertSame(view.Window, AnalyticsStep.StartOf(view.Window.EndUnixMs - windowMs));
        }
        // Each step is what happened in it, and together they are the day.
        var day = await rig.ReadAsync(24 * 60 * AnalyticsRig.MinuteMs);
        var running = (await rig.ReadAsync(windowMs: 0)).Window;
        Assert.Equal(day.Window.Completed, day.History.Sum(step => step.Completed) + running.Completed);
        Assert.Equal(day.Window.Slots.OfferedMs, day.History.Sum(step => step.Slots.OfferedMs) + running.Slots.OfferedMs);
    }

    /// <summary>Who holds a task is heard of before: a restart, or a clock that jumps, gives leases their time again only three times in a row.</summary>
    private async Task RestartAsync(List<TaskItem> leased)
    {
        foreach (var task in leased) await rig.BeatAsync(task);
        await rig.RestartAsync();
    }

    private async Task DoAnythingAsync(Random random, int number, Recount recount, List<TaskItem> leased)
    {
        switch (random.Next(6))
        {
            case 0 or 1:
                recount.Submitted(await rig.SubmitAsync($"t{number}", (TaskPriority)(1 + random.Next(4))));
                break;
            case 2 or 3:
                if (await rig.ClaimAsync(random.Next(2) == 0 ? "a" : "b") is not { } task) break;
                recount.Claimed(task);
                leased.Add(task);
                break;
            default:
                if (leased.Count > 0) await EndAsync(leased, random, recount);
                break;
        }
    }

    private async Task EndAsync(List<TaskItem> leased, Random random, Recount recount)
    {
        var task = leased[random.Next(leased.Count)];
        leased.Remove(task);
        switch (random.Next(5))
        {
            case 0:
                recount.Failed(await rig.FailAsync(task));
                break;
            // The second time it would wait for a while before it is ready again.
            case 1 when task.History is null:
                recount.Released(await rig.ReleaseAsync(task));
                break;
            default:
                recount.Completed(await rig.CompleteAsync(task));
                break;
        }
    }

    [Fact]
    public async Task AssignmentLatency_ReadyTask_IsFromTheClaimToItsCommit()
    {
        await rig.SubmitAsync("a");
        await rig.SleepAsync(20_000);
        var commit = HoldCommits();
        var claim = rig.ClaimAsync();
        await commit.Begun;
        rig.Rig.Time.Advance(TimeSpan.FromMilliseconds(250));
        commit.Release();
        Assert.NotNull(await claim);

        var window = (await rig.ReadAsync()).Window;
        Assert.Equal((1, 250_000), (window.AssignmentLatency.Count(), window.AssignmentLatency.Sum));
        Assert.Equal(20_000, window.QueueTime.Sum);
    }

    [Fact]
    public async Task AssignmentLatency_WaitingClaim_IsFromTheTaskToTheCommitOfItsGrant()
    {
        var owner = await rig.OwnerAsync();
        var claim = owner.SendAsync(new Command.Claim("agent", null, null, 1, 60_000, null, null), TestContext.Current.CancellationToken);
        await rig.SendAsync(new Command.Probe());
        await rig.SleepAsync(20_000);
        var commit = HoldCommits();
        var submit = rig.SubmitAsync("a");
        await commit.Begun;
        rig.Rig.Time.Advance(TimeSpan.FromMilliseconds(250));
        commit.Release();
        await submit;
        await claim;

        var window = (await rig.ReadAsync()).Window;
        Assert.Equal((1, 250_000), (window.AssignmentLatency.Count(), window.AssignmentLatency.Sum));
        Assert.Equal(0, window.QueueTime.Sum);
    }

    [Fact]
    public async Task AssignmentLatency_ClaimThatIsRepeated_CountsOnce()
    {
        await rig.SubmitAsync("a");
        await rig.ClaimAsync(claimId: "1");
        await rig.ClaimAsync(claimId: "1");

        Assert.Equal(1, (await rig.ReadAsync()).Window.AssignmentLatency.Count());
    }

    [Fact]
    public async Task CoordinationOverhead_SlowCommit_IsItsTimeForEachSecondOfWork()
    {
        await rig.SubmitAsync("a");
        var commit = HoldCommits();
        var claim = rig.ClaimAsync();
        await commit.Begun;
        rig.Rig.Time.Advance(TimeSpan.FromMilliseconds(500));
        commit.Release();
        var task = await claim;
        await rig.SleepAsync(9_500);
        await rig.CompleteAsync(task!);

        Assert.Equal(0.05, (await rig.ReadAsync()).Window.CoordinationOverhead());
    }

    [Fact]
    public async Task Attempts_CancelledReleasedAndLost_OnlyTheLostCountsAsFailed()
    {
        foreach (var id in (string[])["cancelled", "released"]) await rig.SubmitAsync(id);
        await rig.SendAsync(new Command.Submit(new TaskSubmission { Id = "lost", Type = "work", Body = new TaskBody { LeaseMs = 1_000 } }));
        var cancelled = await rig.ClaimAsync();
        var released = await rig.ClaimAsync();
        await rig.ClaimAsync();
        await rig.SendAsync(new Command.Cancel(cancelled!.Id, null));
        await rig.FailAsync(cancelled);
        await rig.ReleaseAsync(released!);
        await rig.SleepAsync(2_000);
        await rig.SendAsync(new Command.Probe());

        var window = (await rig.ReadAsync()).Window;
        Assert.Equal((0, 0, 0, 1), (window.Completed, window.Failed, window.AttemptsCompleted, window.AttemptsFailed));
        Assert.Equal((1.0, null), (window.ErrorRate(), window.CompletionRate()));
    }

    [Fact]
    public async Task Store_StepsOfMoreThanADay_HoldsADayOfThem()
    {
        await rig.OwnerAsync();
        await rig.SleepAsync(26 * 60 * AnalyticsRig.MinuteMs);
        await rig.SubmitAsync("a");

        Assert.Equal(AnalyticsStep.Kept, StoredSteps());
        var history = (await rig.ReadAsync()).History;
        Assert.Equal(AnalyticsStep.OfADay, history.Count);
        Assert.Equal(Enumerable.Range(1, history.Count).Select(index => AnalyticsStep.StartOf(rig.NowMs) - (history.Count - index) * AnalyticsRig.StepMs), history.Select(step => step.EndUnixMs));
    }

    [Fact]
    public async Task Store_ManyTasksInOneStep_IsWrittenToOnceForIt()
    {
        for (var number = 0; number < 50; number++) await rig.SubmitAsync($"t{number}");
        Assert.Equal(0, StoredSteps());
        await rig.SleepAsync(AnalyticsRig.StepMs);
        await rig.SubmitAsync("last");

        var written = rig.Rig.Server.Read(rig.Queue).Written.SelectMany(written => written.Batch.State).Where(change => change.Field.StartsWith("step:", StringComparison.Ordinal));
        Assert.InRange(Assert.Single(written).Value.Length, 1, 150);
    }

    [Fact]
    public async Task MemoryQueue_StepThatEnded_IsToldAndNotStored()
    {
        await rig.SendAsync(new Command.Configure(new SettingsChange { Durability = Durability.Memory }));
        await rig.SubmitAsync("a");
        await rig.SleepAsync(AnalyticsRig.StepMs);
        await rig.SubmitAsync("b");

        Assert.Equal(0, StoredSteps());
        var view = await rig.ReadAsync();
        Assert.Equal((1, 2), (view.History.Single().Counts.Sum(), view.Window.Counts.Sum()));
    }

    [Fact]
    public async Task Owner_ThatIsPushedOut_LosesTheRunningStepAndNoOther()
    {
        await LiveAsync("a");
        await rig.SleepAsync(AnalyticsRig.StepMs);
        await LiveAsync("b");
        await rig.PushOutAsync();

        var view = await rig.ReadAsync(60 * AnalyticsRig.MinuteMs);
        Assert.Equal((1, 1), (view.Window.Completed, view.History.Single().Completed));
    }

    [Fact]
    public async Task Clock_SetBackAndForth_CountsEverythingOnce()
    {
        await LiveAsync("a");
        await rig.SleepAsync(3 * AnalyticsRig.StepMs);
        await LiveAsync("b");
        rig.Rig.Time.AdjustTime(rig.Rig.Time.GetUtcNow() - TimeSpan.FromMinutes(10));
        await LiveAsync("c");
        rig.Rig.Time.AdjustTime(rig.Rig.Time.GetUtcNow() + TimeSpan.FromMinutes(10));
        await LiveAsync("d");

        Assert.Equal(4, (await rig.ReadAsync(60 * AnalyticsRig.MinuteMs)).Window.Completed);
    }

    private int StoredSteps() => rig.Rig.Server.Read(rig.Queue).State.Keys.Count(field => field.StartsWith("step:", StringComparison.Ordinal));

    private async Task LiveAsync(string id)
    {
        await rig.SubmitAsync(id);
        await rig.CompleteAsync((await rig.ClaimAsync())!);
    }

    private HeldCommits HoldCommits() => new(rig.Rig.Network);

    /// <summary>Keeps the store from taking anything.</summary>
    private sealed class HeldCommits
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<CallFate> _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ScriptedNetwork _network;

        public HeldCommits(ScriptedNetwork network)
        {
            _network = network;
            network.Decide = what =>
            {
                if (!what.StartsWith("commit", StringComparison.Ordinal)) return Task.FromResult(CallFate.Answered);
                _begun.TrySetResult();
                return _released.Task;
            };
        }

        public Task Begun => _begun.Task;

        public void Release()
        {
            _network.Decide = _ => Task.FromResult(CallFate.Answered);
            _released.SetResult(CallFate.Answered);
        }
    }
}
