using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Matching;

/// <summary>How agents have done, in all and by type of task.</summary>
public sealed class PerformanceTests
{
    [Fact]
    public void With_FirstAttempt_ReplacesTheStartValues()
        => Assert.Equal(new Performance(0, 12.5, 1), Performance.None.With(success: false, seconds: 12.5));

    [Fact]
    public void With_FurtherAttempts_CountATenthEach()
    {
        var performance = Performance.None.With(success: true, 10).With(success: false, 20);

        Assert.Equal((0.9, 11, 2), (performance.SuccessRate, performance.MeanSeconds, performance.Attempts));
    }

    [Fact]
    public void Attempts_OfSeveralTypes_AreKeptInAllAndByTypeOverARestart()
    {
        var bed = new MatchRig(MatchPolicy.Fifo);
        bed.Register("coder", traits: new AgentTraits(SpeedClass.Fast, 0.25));
        bed.Work("coder", "coding", 10);
        bed.Work("coder", "coding", 20, succeeds: false);
        bed.Work("coder", "chat", 1);

        bed.Rig.Reload();
        var agent = bed.Agent("coder");

        Assert.Equal((3, new AgentTraits(SpeedClass.Fast, 0.25)), (agent.TotalTasks, agent.Traits));
        Assert.Equal(new Performance(0.9, 11, 2), agent.Types["coding"]);
        Assert.Equal(new Performance(1, 1, 1), agent.Types["chat"]);
    }

    [Theory]
    [InlineData(null, null, SpeedClass.Slow, 0.25)]
    [InlineData(SpeedClass.Fast, null, SpeedClass.Fast, 0.25)]
    [InlineData(null, 0.5, SpeedClass.Slow, 0.5)]
    [InlineData(SpeedClass.Standard, 0.0, SpeedClass.Standard, 0.0)]
    public void Register_SaysOnlyPart_LeavesTheRest(SpeedClass? speed, double? cost, SpeedClass speedAfter, double costAfter)
    {
        var bed = new MatchRig(MatchPolicy.Fifo);
        bed.Register("coder", traits: new AgentTraits(SpeedClass.Slow, 0.25));

        bed.Rig.Apply(new Command.RegisterAgent("coder", ["general"], 3, speed, cost));

        Assert.Equal(new AgentTraits(speedAfter, costAfter), bed.Agent("coder").Traits);
    }

    [Fact]
    public void Attempts_OfMoreTypesThanAreKept_ForgetTheOneWithFewest()
    {
        var agent = new AgentItem { Id = "a" };
        foreach (var type in (string[])["often", "seldom", "often", "new"]) agent.Observe(type, success: true, seconds: 1, mostTypes: 2);

        Assert.Equal(["new", "often"], agent.Types.Keys);
    }

    [Fact]
    public void Snapshot_Taken_DoesNotChangeWithTheAgent()
    {
        var agent = new AgentItem { Id = "a" };
        agent.Observe("x", success: true, seconds: 1, mostTypes: 2);
        var snapshot = agent.Snapshot();

        agent.Observe("x", success: true, seconds: 2, mostTypes: 2);

        Assert.Equal(1, snapshot.Types["x"].Attempts);
    }
}
