using System.Collections.Immutable;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>What a node of a federation may count: its own tasks, of a stretch of time, by type.</summary>
public sealed class FiguresTests
{
    private readonly EngineRig rig = new();

    [Fact]
    public void GetFigures_OneNamedType_TellsItAloneAndTheRestTogether()
    {
        Submit("a1", "analysis");
        Submit("a2", "analysis");
        Submit("a3", "analysis");
        Submit("c1", "coding");
        Submit("x1", "secret");
        Claim("analysis");
        rig.Apply(new Command.Complete("a2", Claim("analysis").Lease!.Token, null, null, null));

        Assert.Equal([new("analysis", 1, 1), new("reasoning", 0, 0), new(null, 2, 0)], Figures().Types);
        rig.Reload(downMs: 1_000);
        Assert.Equal([new("analysis", 1, 1), new("reasoning", 0, 0), new(null, 2, 0)], Figures().Types);
    }

    [Fact]
    public void GetFigures_OfAStretch_CountsWhatCameAfterItsBeginAndUntilItsEnd()
    {
        var times = new List<long>();
        for (var number = 0; number < 4; number++)
        {
            Submit($"t{number}", "analysis");
            times.Add(rig.Now.UnixMs);
            rig.Tick(1_000);
        }

        var answer = Assert.IsType<Outcome.Figures>(rig.Apply(new Command.GetFigures(["analysis"], times[0], times[2])));

        Assert.Equal(2, answer.Types[0].Queued);
    }

    [Fact]
    public void GetFigures_TaskOfAnotherNode_IsNotCounted()
    {
        Submit("own", "analysis");
        rig.Apply(new Command.Submit(new TaskSubmission
        {
            Id = "foreign", Type = "analysis", Body = new TaskBody(), Labels = new Dictionary<string, string> { [FederationMarks.HomeLabel] = "north" }.ToImmutableSortedDictionary(),
        }));

        Assert.Equal(1, Figures().Types[0].Queued);
    }

    [Fact]
    public void GetFigures_TasksThatNoAgentCouldTake_AreNoLoad()
    {
        Submit("first", "analysis");
        rig.Apply(new Command.Submit(new TaskSubmission { Id = "later", Type = "analysis", Body = new TaskBody(), NotBeforeUnixMs = rig.Now.UnixMs + 60_000 }));

        Assert.Equal(1, Figures().Types[0].Queued);
    }

    [Fact]
    public void GetFigures_Agents_TellsTheSlotsOfThoseThatAreRegisteredHereAndNoPeers()
    {
        foreach (var agent in (string[])["here", "away", "draining", FederationMarks.PeerPrefix + "north"]) rig.Apply(new Command.RegisterAgent(agent, ["general"], 4));
        foreach (var agent in (string[])["here", "draining", FederationMarks.PeerPrefix + "north", "stranger"]) rig.Apply(new Command.Claim(agent, null, ["none"], 1, 0, null, null));
        rig.Apply(new Command.DrainAgent("draining"));

        Assert.Equal(4, Figures().Slots);
        rig.Tick(120_000);
        Assert.Equal(0, Figures().Slots);
    }

    private Outcome.Figures Figures() =>
        Assert.IsType<Outcome.Figures>(rig.Apply(new Command.GetFigures(["analysis", "reasoning"], long.MinValue, long.MaxValue)));

    private void Submit(string id, string type) => rig.Apply(new Command.Submit(new TaskSubmission { Id = id, Type = type, Body = new TaskBody() }));

    private TaskItem Claim(string type) =>
        Assert.IsType<Outcome.Claimed>(rig.Apply(new Command.Claim("agent", null, [type], 1, 0, null, null))).Grants.Single().Task;
}
