using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>Numbers by type are right after every verb, and after a reload.</summary>
public sealed class FiguresTests
{
    private readonly EngineRig rig = new();

    [Fact]
    public void GetFigures_OneNamedType_TellsItAloneAndTheRestTogether()
    {
        Submit("a1", "analysis");
        Submit("a2", "analysis");
        Submit("c1", "coding");
        Submit("x1", "secret");
        Complete("analysis", afterMs: 4_000);
        Complete("coding", afterMs: 1_000);

        AssertFigures();
        rig.Reload(downMs: 60_000);
        AssertFigures();
    }

    private void AssertFigures()
    {
        var answer = Assert.IsType<Outcome.Figures>(rig.Apply(new Command.GetFigures(["analysis", "reasoning"])));
        Assert.Equal(["analysis", null], answer.Types.Select(figures => figures.Type));
        var (analysis, rest) = (answer.Types[0], answer.Types[1]);
        Assert.Equal((1, 1, 4_000), (Pending(analysis), Completed(analysis), analysis.CompletedMs));
        Assert.Equal((1, 1, 1_000), (Pending(rest), Completed(rest), rest.CompletedMs));
        Assert.Equal(4, analysis.Counts.Sum() + rest.Counts.Sum());
    }

    private static long Pending(TypeFigures figures) => figures.Counts[(int)TaskState.Pending];

    private static long Completed(TypeFigures figures) => figures.Counts[(int)TaskState.Completed];

    private void Submit(string id, string type) => rig.Apply(new Command.Submit(new TaskSubmission { Id = id, Type = type, Body = new TaskBody() }));

    private void Complete(string type, long afterMs)
    {
        var claim = new Command.Claim("agent", null, [type], 1, 0, null, null);
        var granted = Assert.IsType<Outcome.Claimed>(rig.Apply(claim)).Grants.Single().Task;
        rig.Tick(afterMs);
        rig.Apply(new Command.Complete(granted.Id, granted.Lease!.Token, null, null, null));
    }
}
