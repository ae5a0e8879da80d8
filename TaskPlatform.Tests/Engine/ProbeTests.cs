using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>What a probe counts, and that it notices a grant which was not made. That none is missed is shown by the model's runs.</summary>
public sealed class ProbeTests
{
    private readonly EngineRig rig = new();

    [Fact]
    public void Probe_EmptyQueue_FindsNothing()
        => Assert.Equivalent(new ProbeView([.. new int[TaskStates.Count]], null, 0, 0, 0, null), Probe());

    [Fact]
    public void Probe_TasksAndClaims_AreCountedByStateAndTheOldestReadyIsTold()
    {
        Submit("a");
        Claim("agent");
        rig.Tick(1_000);
        var submitted = rig.Now.UnixMs;
        Submit("b");
        rig.Tick(1_000);
        Submit("c");
        Claim("other", waitMs: 60_000, type: "else");

        var found = Probe();

        Assert.Equal((2, 1, 1), (found.Counts[(int)TaskState.Pending], found.Counts[(int)TaskState.Assigned], found.WaitingClaims));
        Assert.Equal(submitted, found.OldestReadyUnixMs);
        Assert.Null(found.Missed);
    }

    [Fact]
    public void Probe_Slots_AreThoseOfInstancesThatAreThere()
    {
        foreach (var id in (string[])["a", "b", "c"]) Submit(id);
        Register("pair", slots: 4);
        Claim("pair", instance: "gone");
        rig.Tick(61_000);
        Assert.Equal((1, 3), Slots());
        Claim("pair", instance: "here", type: "else");
        Assert.Equal((1, 7), Slots());
        Register("leaving", slots: 5);
        Claim("leaving");
        rig.Apply(new Command.DrainAgent("leaving"));
        Assert.Equal((2, 7), Slots());
        Claim("stranger", type: "else");
        Assert.Equal((2, 8), Slots());
        Claim("stranger");
        Assert.Equal((3, 7), Slots());
        rig.Tick(60_001);
        Assert.Equal((3, 3), Slots());
    }

    [Fact]
    public void Probe_BatchThatIsAboutToAnswer_MissesNothing()
    {
        Claim("agent", waitMs: 60_000);
        rig.IsInBatch = true;
        rig.BeginBatch();
        Submit("a");

        var found = Probe();

        Assert.Equal((null, 0, 1), (found.Missed, found.WaitingClaims, found.BusySlots));
        rig.EndBatch();
        Assert.Equal("a", Assert.Single(Assert.IsType<Outcome.Claimed>(Assert.Single(rig.Answers).Answer).Grants).Task.Id);
    }

    [Fact]
    public void Probe_WakeUpMissed_NamesTheAgentAndTheTask()
    {
        PauseThenForget();

        Assert.Equal(new MissedGrant("agent", "a"), Probe().Missed);
        rig.Apply(new Command.Resume([]));
        Assert.Null(Probe().Missed);
    }

    [Fact]
    public void Probe_WakeUpMissedByAClaimThatStandsAside_NamesItToo()
    {
        var agent = new AgentItem { Id = "agent", IsRegistered = true, Capabilities = [Ability.General] };
        rig.Engine.Load(agent);
        Submit("held");
        Claim("agent");
        Claim("agent", waitMs: 60_000);
        Submit("a");
        Assert.Null(Probe().Missed);

        // Not by registering, so nobody wakes its claims.
        rig.Watches = false;
        agent.MaxConcurrency = 2;

        Assert.Equal(new MissedGrant("agent", "a"), Probe().Missed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Probe_PausedQueueOrType_MissesNothing(bool all)
    {
        rig.Apply(new Command.Pause(all ? [] : ["work"]));
        Claim("agent", waitMs: 60_000);
        Submit("a");

        Assert.Null(Probe().Missed);
    }

    /// <summary>Settings that are loaded wake nobody, as nobody waits then; here somebody does.</summary>
    private void PauseThenForget()
    {
        rig.Apply(new Command.Pause([]));
        Claim("agent", waitMs: 60_000);
        Submit("a");
        rig.Watches = false;
        rig.Engine.Load(QueueSettings.Default);
    }

    private ProbeView Probe() => Assert.IsType<Outcome.Probed>(rig.Apply(new Command.Probe())).View;

    private (long Busy, long Free) Slots() => Probe() is var found ? (found.BusySlots, found.FreeSlots) : default;

    private void Submit(string id)
        => rig.Apply(new Command.Submit(new TaskSubmission { Id = id, Type = "work", Body = new TaskBody { LeaseMs = 3_600_000 } }));

    private void Register(string agent, int slots) => rig.Apply(new Command.RegisterAgent(agent, ["general"], slots));

    private void Claim(string agent, string? instance = null, long waitMs = 0, string? type = null)
        => rig.Apply(new Command.Claim(agent, instance, type is null ? null : [type], 1, waitMs, null, null));
}
