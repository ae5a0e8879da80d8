using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Matching;

/// <summary>The policy <c>score</c>: pairs of tasks and agents by points.</summary>
public sealed class ScoreTests
{
    // capability 50, priority 40/25/10/5, load -5 each, success x20, and for simple questions 10 / max(mean seconds, 0.1) once there is a mean.
    [Theory]
    [InlineData("coding", TaskPriority.Critical, 0, 1.0, 0, 0, 110)]
    [InlineData("coding", TaskPriority.High, 0, 1.0, 0, 0, 95)]
    [InlineData("coding", TaskPriority.Medium, 0, 1.0, 0, 0, 80)]
    [InlineData("coding", TaskPriority.Low, 0, 1.0, 0, 0, 75)]
    [InlineData("coding", TaskPriority.Low, 3, 0.5, 2, 9, 50)]
    [InlineData("coding", TaskPriority.Medium, 0, 1.0, 2, 9, 80)]
    [InlineData("simple_qa", TaskPriority.Medium, 0, 1.0, 2, 9, 85)]
    [InlineData("quick_analysis", TaskPriority.Medium, 0, 1.0, 2, 9, 85)]
    [InlineData("simple_qa", TaskPriority.Medium, 0, 1.0, 0.01, 9, 180)]
    [InlineData("simple_qa", TaskPriority.Medium, 0, 1.0, 0, 0, 80)]
    public void Judge_Pair_AddsItsPoints(string type, TaskPriority priority, int load, double success, double mean, long total, double points)
    {
        var task = new TaskItem { Id = "t", Type = type, Order = 1, CreatedUnixMs = 0, Priority = priority };
        var agent = new AgentItem { Id = "a", SuccessRate = success, MeanSeconds = mean, TotalTasks = total };
        var instance = new AgentInstance { AgentId = "a", Load = load };

        var terms = new ScorePolicy().Judge(new MatchPair(task, agent, instance, QueueSettings.Default, new Moment(0, 0)));

        Assert.Equal(points, terms.Score, 9);
        Assert.Equal(terms.Score, terms.Named().Sum(term => term.Value), 9);
    }

    [Fact]
    public void Judge_OtherWeights_CountsThem()
    {
        var weights = new MatchChange { Capability = 1, Medium = 2, Load = 3, Success = 4, Speed = 6, SpeedTypes = ["chat"], Cost = 10 }.Of(MatchSettings.Default);
        var task = new TaskItem { Id = "t", Type = "chat", Order = 1, CreatedUnixMs = 0, Priority = TaskPriority.Medium };
        var agent = new AgentItem { Id = "a", SuccessRate = 0.5, MeanSeconds = 2, TotalTasks = 1, Traits = new AgentTraits(CostPerToken: 0.25) };

        var terms = new ScorePolicy().Judge(new MatchPair(task, agent, new AgentInstance { AgentId = "a", Load = 1 }, new QueueSettings { Matching = weights }, default));

        Assert.Equal(1 + 2 - 3 + 2 + 3 - 2.5, terms.Score, 9);
    }

    [Fact]
    public void Claim_AgentThatFailsAtOneType_TakesAnotherFirst()
    {
        var bed = new MatchRig(MatchPolicy.Score);
        bed.Register("a");
        bed.Work("a", "coding", 5, succeeds: false);
        bed.Work("a", "chat", 5);
        bed.Submit("first", "coding");
        bed.Submit("second", "chat");

        Assert.Equal("second", bed.Take("a"));
        Assert.Equal(20, bed.Rig.Task("second").Lease!.Match!.Terms.Success);
    }

    [Fact]
    public void Submit_SeveralAgentsWait_GoesToTheOneWithMostPoints()
    {
        var bed = new MatchRig(MatchPolicy.Score);
        foreach (var agent in (string[])["flaky", "slow", "quick"]) bed.Register(agent);
        bed.Work("flaky", "work", 1, succeeds: false);
        bed.Work("slow", "work", 60);
        bed.Work("quick", "work", 2);
        bed.Granted();
        foreach (var agent in (string[])["flaky", "slow", "quick"]) bed.Wait(agent);

        bed.Submit("simple", "simple_qa");
        bed.Submit("hard");
        bed.Submit("last");

        Assert.Equal("quick:simple slow:hard flaky:last", bed.Granted());
    }

    [Fact]
    public void Submit_SeveralInOneBatch_GoAsTheBestPairs()
    {
        var bed = new MatchRig(MatchPolicy.Score);
        foreach (var agent in (string[])["slow", "quick"]) bed.Register(agent);
        bed.Work("slow", "work", 60);
        bed.Work("quick", "work", 2);
        bed.Granted();
        foreach (var agent in (string[])["slow", "quick"]) bed.Wait(agent);

        bed.Rig.BeginBatch();
        bed.Rig.IsInBatch = true;
        bed.Submit("hard");
        bed.Submit("simple", "simple_qa");
        bed.Rig.EndBatch();

        Assert.Equal("quick:simple slow:hard", bed.Granted());
    }

    [Fact]
    public void Submit_ClaimsForSeveralTasks_SpreadByLoad()
    {
        var bed = new MatchRig(MatchPolicy.Score);
        foreach (var agent in (string[])["a", "b"])
        {
            bed.Register(agent, slots: 4);
            bed.Wait(agent, max: 4);
        }

        bed.Rig.BeginBatch();
        bed.Rig.IsInBatch = true;
        foreach (var task in (string[])["1", "2", "3", "4"]) bed.Submit(task);
        bed.Rig.EndBatch();

        Assert.Equal("a:1 b:2 a:3 b:4", bed.Granted());
        Assert.Equal([2, 2], bed.Rig.Answers.Select(pair => ((Outcome.Claimed)pair.Answer).Grants.Length));
    }

    [Fact]
    public void Claim_OneAgentPulls_TakesMostPointsThenTheFirst()
    {
        var bed = new MatchRig(MatchPolicy.Score);
        bed.Register("quick");
        bed.Work("quick", "work", 1);
        bed.Submit("low", priority: TaskPriority.Low);
        bed.Submit("medium");
        bed.Submit("simple", "simple_qa");
        bed.Submit("second", "simple_qa");
        bed.Submit("critical", priority: TaskPriority.Critical);

        List<string?> taken = [];
        for (var left = 5; left > 0; left--)
        {
            taken.Add(bed.Take("quick"));
            bed.End(taken[^1]!);
        }

        Assert.Equal(["critical", "simple", "second", "medium", "low"], taken);
    }

    [Fact]
    public void Claim_NoCapability_IsNoPair()
    {
        var bed = new MatchRig(MatchPolicy.Score);
        bed.Register("chatter", can: "chat");
        bed.Submit("hard", "coding", TaskPriority.Critical);
        bed.Submit("demanding", "chat", TaskPriority.Critical, new TaskBody { Capabilities = ["gpu"] });
        bed.Submit("easy", "chat", TaskPriority.Low);

        Assert.Equal("easy", bed.Take("chatter"));
        Assert.Null(bed.Take("chatter"));
    }

    [Fact]
    public void Claim_LowTaskBehindUrgentOnes_DoesNotStarve()
    {
        var bed = new MatchRig(MatchPolicy.Score);
        bed.Configure(new SettingsChange { AgeingMs = 60_000 });
        bed.Register("a");
        bed.Work("a", "coding", 1);
        bed.Submit("low", "coding", TaskPriority.Low);
        bed.Rig.Tick(3 * 60_000 + 1);
        bed.Submit("urgent", "simple_qa", TaskPriority.Critical);

        Assert.Equal("low", bed.Take("a"));
        Assert.True(bed.Rig.Task("low").Lease!.Match!.Terms.IsOverdue);
    }

    [Fact]
    public void Claim_FairnessKeys_TakeTurnsWhateverTheirPoints()
    {
        var bed = new MatchRig(MatchPolicy.Score);
        bed.Register("a", slots: 9);
        foreach (var task in (string[])["gold1", "gold2"]) bed.Submit(task, priority: TaskPriority.Critical, body: Of("gold"));
        foreach (var task in (string[])["iron1", "iron2"]) bed.Submit(task, priority: TaskPriority.Low, body: Of("iron"));

        Assert.Equal(["gold1", "iron1", "gold2", "iron2"], bed.Take("a", max: 4));

        static TaskBody Of(string key) => new() { Flow = new TaskFlow { FairnessKey = key } };
    }

    [Fact]
    public void Why_RunningUnderFifo_SaysWhatFifoGoesBy()
    {
        var bed = new MatchRig(MatchPolicy.Fifo);
        bed.Submit("t", "x");
        bed.Take("a");

        Assert.Contains("It was first in line by priority and arrival.", bed.Why("t").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Why_ReadyAndRunning_GiveTheTerms()
    {
        var bed = new MatchRig(MatchPolicy.Score);
        bed.Register("a");
        bed.Take("a");
        bed.Submit("t", priority: TaskPriority.High);

        Assert.Equal("it has a slot free: score 95 (capability 50, priority 25, load 0, success 20)", Assert.Single(bed.Why("t").Agents).Because);
        bed.Take("a");
        Assert.Contains("It was chosen by score 95 (capability 50, priority 25, load 0, success 20).", bed.Why("t").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Configure_PolicyAtWork_HoldsFromThenOnAndOverARestart()
    {
        var bed = new MatchRig(MatchPolicy.Fifo);
        bed.Register("a", slots: 9);
        foreach (var task in (string[])["1", "2", "3", "4"]) bed.Submit(task);
        bed.Take("a");
        Assert.Null(bed.Rig.Task("1").Lease!.Match);

        bed.Configure(new SettingsChange { Policy = MatchPolicy.Score });
        bed.Take("a");
        bed.Rig.Reload();
        bed.Take("a");

        Assert.NotNull(bed.Rig.Task("3").Lease!.Match);
        Assert.Null(bed.Rig.Task("2").Lease!.Match);
    }
}
