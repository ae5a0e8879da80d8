using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Matching;

/// <summary>Whether a node takes on work of others.</summary>
public sealed class AcceptanceRuleTests
{
    [Theory]
    [InlineData(0, 0, 0.5)]
    [InlineData(7, 0, 0.5)]
    [InlineData(0, 100, 0.5)]
    [InlineData(40, 100, 0.5)]
    [InlineData(41, 100, 0.8)]
    [InlineData(100, 100, 0.8)]
    public void ThresholdOf_ShareOfTheLoad_IsTheSeedsRule(double load, double all, double threshold)
        => Assert.Equal(threshold, AcceptanceRule.ThresholdOf(load, all));

    [Theory]
    [InlineData(55.0, 110.0, 0.5, true)]
    [InlineData(54.9, 110.0, 0.5, false)]
    [InlineData(88.0, 110.0, 0.8, true)]
    [InlineData(87.9, 110.0, 0.8, false)]
    [InlineData(null, 110.0, 0.5, false)]
    [InlineData(null, 110.0, 0.0, false)]
    [InlineData(80.0, null, 0.5, false)]
    [InlineData(-5.0, -10.0, 0.5, false)]
    [InlineData(0.0, 0.0, 0.5, false)]
    public void Accepts_Score_IsAShareOfTheBestPossible(double? score, double? best, double threshold, bool accepts)
        => Assert.Equal(accepts, AcceptanceRule.Accepts(score, best, threshold));

    [Theory]
    [InlineData("nobody", null)]
    [InlineData("draining", null)]
    [InlineData("new", 110.0)]
    [InlineData("quick", 115.0)]
    [InlineData("unlucky", 95.0)]
    [InlineData("dear", 100.0)]
    [InlineData("unlucky quick new", 115.0)]
    [InlineData("unlucky draining", 95.0)]
    public void BestPossible_Agents_IsWhatTheBestOfThemCouldHave(string agents, double? best)
    {
        var bed = new MatchRig(MatchPolicy.Score, new MatchChange { Cost = 20 });
        foreach (var agent in agents.Split(' ').Where(agent => agent != "nobody")) Prepare(bed, agent);
        var known = Assert.IsType<Outcome.AgentList>(bed.Rig.Apply(new Command.ListAgents())).Agents;

        Assert.Equal(best, AcceptanceRule.BestPossible(known, bed.Rig.Engine.Settings.Matching));
    }

    /// <summary>No task can have more points than the best possible one, and one that is like it has as many.</summary>
    [Theory]
    [InlineData("simple_qa", TaskPriority.Critical, 1.0)]
    [InlineData("simple_qa", TaskPriority.Low, 80.0 / 115)]
    [InlineData("coding", TaskPriority.Critical, 110.0 / 115)]
    public void BestPossible_BesideAScore_IsItsUpperBound(string type, TaskPriority priority, double share)
    {
        var bed = new MatchRig(MatchPolicy.Score);
        Prepare(bed, "quick");
        bed.Submit("task", type, priority);
        bed.Take("quick");

        var score = bed.Rig.Task("task").Lease!.Match!.Terms.Score;

        Assert.Equal(share, score / AcceptanceRule.BestPossible([bed.Agent("quick")], MatchSettings.Default)!.Value, 12);
    }

    private static void Prepare(MatchRig bed, string agent)
    {
        bed.Register(agent, traits: agent == "dear" ? new AgentTraits(CostPerToken: 0.5) : null);
        if (agent == "quick") bed.Work(agent, "simple_qa", 2);
        if (agent == "unlucky") bed.Work(agent, "coding", 2, succeeds: false);
        if (agent == "draining") bed.Rig.Apply(new Command.DrainAgent(agent));
    }
}
