using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Matching;

/// <summary>The policy <c>learned</c>: who is good at what is learned from attempts, and an agent may be left waiting for a better fit.</summary>
public sealed class LearnedTests
{
    private readonly MatchRig _bed = new(MatchPolicy.Learned);

    [Fact]
    public void Claim_NothingIsKnown_IsDecidedByTheScore()
    {
        _bed.Register("a");
        _bed.Submit("low", priority: TaskPriority.Low);
        _bed.Submit("high", priority: TaskPriority.High);

        Assert.Equal("high", _bed.Take("a"));
        Assert.Equal(MatchPolicy.Score, _bed.Rig.Task("high").Lease!.Match!.Terms.Policy);
    }

    [Fact]
    public void Submit_AgentsThatDifferByType_GoesToTheOneThatIsGoodAtIt()
    {
        Train();
        _bed.Wait("talker");
        _bed.Wait("thinker");

        _bed.Submit("question", "chat");
        _bed.Submit("riddle", "reasoning");

        Assert.Equal("talker:question thinker:riddle", _bed.Granted());
    }

    [Fact]
    public void Submit_AgentsThatDifferByType_IsKnownAfterARestart()
    {
        Train();
        _bed.Rig.Reload();
        _bed.Wait("talker");
        _bed.Wait("thinker");

        _bed.Submit("riddle", "reasoning");

        Assert.Equal("thinker:riddle", _bed.Granted());
        Assert.Equal(["priority", "expectedSeconds"], _bed.Rig.Task("riddle").Lease!.Match!.Terms.Named().Select(term => term.Key));
    }

    [Fact]
    public void Submit_BetterAgentIsSoonFree_LeavesTheOtherWaiting()
    {
        Train();
        var busy = Begin("thinker", "reasoning");
        _bed.Wait("talker");

        _bed.Submit("riddle", "reasoning");
        Assert.Equal("", _bed.Granted());
        Assert.Contains("left waiting", _bed.Why("riddle").Agents.Single(agent => agent.AgentId == "talker").Because, StringComparison.Ordinal);
        Assert.Null(Assert.IsType<Outcome.Probed>(_bed.Rig.Apply(new Command.Probe())).View.Missed);
        _bed.Rig.Tick(5_000);
        _bed.End(busy);

        Assert.Equal("riddle", _bed.Take("thinker"));
    }

    [Fact]
    public void Submit_MoreThanTheBetterAgentCanDoInTime_GoesToTheOther()
    {
        Train();
        Begin("thinker", "reasoning");
        _bed.Wait("talker");

        for (var riddle = 0; riddle < 12; riddle++) _bed.Submit($"riddle{riddle}", "reasoning");

        Assert.Equal("talker:riddle0", _bed.Granted());
    }

    [Fact]
    public void Wait_BetterAgentDoesNotComeBack_EndsWithPatience()
    {
        _bed.Configure(new SettingsChange { Matching = new MatchChange { PatienceMs = 20_000 } });
        Train();
        Begin("thinker", "reasoning");
        _bed.Wait("talker");
        _bed.Submit("riddle", "reasoning");

        // As the owner's timer does: at each deadline, never in between.
        var begin = _bed.Rig.Now.TickMs;
        while (_bed.Granted() is var granted && granted != "talker:riddle")
        {
            Assert.Equal("", granted);
            _bed.Rig.Tick(_bed.Rig.Engine.NextDeadline.TickMs - _bed.Rig.Now.TickMs);
        }

        Assert.InRange(_bed.Rig.Now.TickMs - begin, 5_000, 20_000);
    }

    [Theory]
    [InlineData(true, "talker:busy")]
    [InlineData(false, "talker:riddle")]
    public void RemoveOrDrainAgent_OthersWereLeftWaitingForIt_ServesThemAtOnce(bool isRemoved, string granted)
    {
        Train();
        Begin("thinker", "reasoning");
        _bed.Wait("talker");
        _bed.Submit("riddle", "reasoning");
        Assert.Equal("", _bed.Granted());

        _bed.Rig.Apply(isRemoved ? new Command.RemoveAgent("thinker") : new Command.DrainAgent("thinker"));

        // What a removed agent held is ready again, and came first.
        Assert.Equal(granted, _bed.Granted());
    }

    [Fact]
    public void Submit_BetterAgentWasRemoved_WaitsForNobody()
    {
        Train();
        _bed.Rig.Apply(new Command.RemoveAgent("thinker"));
        _bed.Wait("talker");

        _bed.Submit("riddle", "reasoning");

        Assert.Equal("talker:riddle", _bed.Granted());
    }

    [Fact]
    public void Submit_NoPatience_LeavesNobodyWaiting()
    {
        _bed.Configure(new SettingsChange { Matching = new MatchChange { PatienceMs = 0 } });
        Train();
        Begin("thinker", "reasoning");
        _bed.Wait("talker");

        _bed.Submit("riddle", "reasoning");

        Assert.Equal("talker:riddle", _bed.Granted());
    }

    [Fact]
    public void Judge_AgentThatFailedOnce_IsTriedAgainSometime()
    {
        _bed.Register("unlucky");
        _bed.Register("steady");
        _bed.Work("unlucky", "chat", 5, succeeds: false);
        for (var attempt = 0; attempt < 3; attempt++) _bed.Work("steady", "chat", 5);

        var terms = new LearnedPolicy([_bed.Agent("unlucky"), _bed.Agent("steady")]).Judge(new MatchPair(
            new TaskItem { Id = "t", Type = "chat", Order = 1, CreatedUnixMs = 0 }, _bed.Agent("unlucky"), new AgentInstance { AgentId = "unlucky" }, QueueSettings.Default, default));

        Assert.InRange(terms.ExpectedSeconds!.Value, 5, 100);
    }

    /// <summary>Talks in 2 s and reasons in 100; talks in 10 s and reasons in 10.</summary>
    private void Train()
    {
        foreach (var (agent, chat, reasoning) in ((string, int, int)[])[("talker", 2, 100), ("thinker", 10, 10)])
        {
            _bed.Register(agent);
            for (var attempt = 0; attempt < 5; attempt++)
            {
                _bed.Work(agent, "chat", chat);
                _bed.Work(agent, "reasoning", reasoning);
            }
        }
        _bed.Granted();
    }

    private string Begin(string agent, string type)
    {
        _bed.Submit("busy", type);
        var task = _bed.Take(agent)!;
        _bed.Granted();
        return task;
    }
}
