using TaskPlatform.Api.Analytics;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Analytics;

/// <summary>What an owner says of its queue, against a recount of everything that happened; over windows and steps.</summary>
public sealed class QueueAnalyticsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Figures_AnythingHappens_AreThoseOfARecountInEveryWindow(int seed) => AnalyticsRig.Run(async rig =>
    {
        var (random, recount, leased) = (new Random(seed), new Recount(), new List<TaskItem>());
        foreach (var agent in (string[])["a", "b"]) await rig.RegisterAsync(agent, 3);
        for (var number = 0; number < 500; number++)
        {
            await DoAnythingAsync(rig, random, number, recount, leased);
            await rig.SleepAsync(random.Next(3) == 0 ? random.Next(90_000) : random.Next(40));
            if (number % 25 == 0) await AssertWindowsAsync(rig, recount);
        }
        await AssertWindowsAsync(rig, recount);
        Assert.True((await rig.ReadAsync()).History.Count > 10);
    });

    private static async Task AssertWindowsAsync(AnalyticsRig rig, Recount recount)
    {
        // Nothing has happened since the last call; so that this moment's own events lie before it.
        await rig.SleepAsync(1);
        foreach (var step in (await rig.ReadAsync()).History) recount.AssertSame(step, step.StartUnixMs, step.StartUnixMs + AnalyticsRig.StepMs);
        foreach (var minutes in (int[])[5, 15, 60, 24 * 60])
        {
            var windowMs = minutes * AnalyticsRig.MinuteMs;
            var window = (await rig.ReadAsync(windowMs)).Window;
            recount.AssertSame(window, AnalyticsStep.StartOf(window.EndUnixMs - windowMs), window.EndUnixMs);
        }
    }

    private static async Task DoAnythingAsync(AnalyticsRig rig, Random random, int number, Recount recount, List<TaskItem> leased)
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
                if (leased.Count > 0) await EndAsync(rig, leased, random, recount);
                break;
        }
    }

    private static async Task EndAsync(AnalyticsRig rig, List<TaskItem> leased, Random random, Recount recount)
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
    public void AssignmentLatency_ReadyTask_IsFromTheClaimToItsCommit() => AnalyticsRig.Run(async rig =>
    {
        await rig.SubmitAsync("a");
        await rig.SleepAsync(20_000);
        rig.CommitsTake(250);
        await rig.ClaimAsync();

        var window = (await rig.ReadAsync()).Window;
        Assert.Equal((1, 250_000), (window.AssignmentLatency.Count(), window.AssignmentLatency.Sum));
        Assert.Equal(20_000, window.QueueTime.Sum);
    });

    [Fact]
    public void AssignmentLatency_WaitingClaim_IsFromTheTaskToTheCommitOfItsGrant() => AnalyticsRig.Run(async rig =>
    {
        var claim = rig.SendAsync(new Command.Claim("agent", null, null, 1, 60_000, null, null));
        await rig.SendAsync(new Command.Probe());
        await rig.SleepAsync(20_000);
        rig.CommitsTake(250);
        await rig.SubmitAsync("a");
        await claim;

        var window = (await rig.ReadAsync()).Window;
        Assert.Equal((1, 250_000), (window.AssignmentLatency.Count(), window.AssignmentLatency.Sum));
        Assert.Equal(0, window.QueueTime.Sum);
        // The submit's and the grant's commit; the wait itself is none of the queue's work.
        Assert.Equal(500_000, window.CoordinationUs);
    });

    [Fact]
    public void AssignmentLatency_ClaimThatIsRepeated_CountsOnce() => AnalyticsRig.Run(async rig =>
    {
        await rig.SubmitAsync("a");
        await rig.ClaimAsync(claimId: "1");
        await rig.ClaimAsync(claimId: "1");

        Assert.Equal(1, (await rig.ReadAsync()).Window.AssignmentLatency.Count());
    });

    [Fact]
    public void CoordinationOverhead_SlowCommit_IsItsTimeForEachSecondOfWork() => AnalyticsRig.Run(async rig =>
    {
        await rig.SubmitAsync("a");
        rig.CommitsTake(500);
        var task = await rig.ClaimAsync();
        rig.CommitsTake(0);
        await rig.SleepAsync(9_500);
        await rig.CompleteAsync(task!);

        Assert.Equal(0.05, (await rig.ReadAsync()).Window.CoordinationOverhead());
    });

    [Fact]
    public void Attempts_CancelledReleasedAndLost_OnlyTheLostCountsAsFailed() => AnalyticsRig.Run(async rig =>
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
    });

    [Fact]
    public void Store_StepsOfMoreThanADay_HoldsADayOfThem() => AnalyticsRig.Run(async rig =>
    {
        await rig.OwnerAsync();
        await rig.SleepAsync(26 * 60 * AnalyticsRig.MinuteMs);
        await rig.SubmitAsync("a");

        Assert.Equal(AnalyticsStep.Kept, StoredSteps(rig));
        var history = (await rig.ReadAsync()).History;
        Assert.Equal(AnalyticsStep.OfADay, history.Count);
        Assert.Equal(Enumerable.Range(1, history.Count).Select(index => AnalyticsStep.StartOf(rig.NowMs) - (history.Count - index) * AnalyticsRig.StepMs), history.Select(step => step.EndUnixMs));
    });

    [Fact]
    public void Store_ManyTasksInOneStep_IsWrittenToOnceForIt() => AnalyticsRig.Run(async rig =>
    {
        for (var number = 0; number < 50; number++) await rig.SubmitAsync($"t{number}");
        Assert.Equal(0, StoredSteps(rig));
        await rig.SleepAsync(AnalyticsRig.StepMs);
        await rig.SubmitAsync("last");

        var written = rig.Server.Read(rig.Queue).Written.SelectMany(written => written.Batch.State).Where(change => change.Field.StartsWith("step:", StringComparison.Ordinal));
        Assert.InRange(Assert.Single(written).Value.Length, 1, 150);
    });

    [Fact]
    public void MemoryQueue_StepThatEnded_IsToldAndNotStored() => AnalyticsRig.Run(async rig =>
    {
        await rig.SendAsync(new Command.Configure(new SettingsChange { Durability = Durability.Memory }));
        await rig.SubmitAsync("a");
        await rig.SleepAsync(AnalyticsRig.StepMs);
        await rig.SubmitAsync("b");

        Assert.Equal(0, StoredSteps(rig));
        var view = await rig.ReadAsync();
        Assert.Equal((1, 2), (view.History.Single().Counts.Sum(), view.Window.Counts.Sum()));
    });

    [Fact]
    public void Owner_ThatIsPushedOut_LosesTheRunningStepAndNoOther() => AnalyticsRig.Run(async rig =>
    {
        await LiveAsync(rig, "a");
        await rig.SleepAsync(AnalyticsRig.StepMs);
        await LiveAsync(rig, "b");
        await rig.PushOutAsync();

        var view = await rig.ReadAsync(60 * AnalyticsRig.MinuteMs);
        Assert.Equal((1, 1), (view.Window.Completed, view.History.Single().Completed));
    });

    [Fact]
    public void Clock_SetBackAndForth_CountsEverythingOnce() => AnalyticsRig.Run(async rig =>
    {
        await LiveAsync(rig, "a");
        await rig.SleepAsync(3 * AnalyticsRig.StepMs);
        await LiveAsync(rig, "b");
        rig.SetWallClock(-10 * AnalyticsRig.MinuteMs);
        await LiveAsync(rig, "c");
        rig.SetWallClock(10 * AnalyticsRig.MinuteMs);
        await LiveAsync(rig, "d");

        Assert.Equal(4, (await rig.ReadAsync(60 * AnalyticsRig.MinuteMs)).Window.Completed);
    });

    private static int StoredSteps(AnalyticsRig rig) => rig.Server.Read(rig.Queue).State.Keys.Count(field => field.StartsWith("step:", StringComparison.Ordinal));

    private static async Task LiveAsync(AnalyticsRig rig, string id)
    {
        await rig.SubmitAsync(id);
        await rig.CompleteAsync((await rig.ClaimAsync())!);
    }
}
