namespace TaskPlatform.Tests.Simulation;

/// <summary>The simulation notices what it is there to notice: each guard, taken away, is missed within so many seeds.</summary>
public sealed class BrokenTwinTests(ITestOutputHelper output)
{
    private const int Seeds = 60;

    [Fact]
    public void Fence_TakenAway_IsMissed() => Missed(WorldKind.TwoOwners, new TwinWithoutFence(), FindingKind.Lost, FindingKind.Duplicated, FindingKind.Stale);

    [Fact]
    public void SequenceCheck_TakenAway_IsMissed() => Missed(WorldKind.Crashes, new TwinWithoutSequence(), FindingKind.Lost, FindingKind.Duplicated, FindingKind.Stale);

    [Fact]
    public void TokenCheck_TakenAway_IsMissed() => Missed(WorldKind.TwoOwners, new TwinWithoutTokenCheck(), FindingKind.Duplicated, FindingKind.Lost, FindingKind.Uncommitted);

    [Fact]
    public void AnswerAfterCommit_TakenAway_IsMissed() => Missed(WorldKind.Crashes, new TwinThatAnswersEarly(), FindingKind.Uncommitted);

    [Fact]
    public void Offers_SomeTakenAway_AreMissed() => Missed(WorldKind.TwoOwners, new TwinThatForgetsTasks(), FindingKind.Stuck);

    [Fact]
    public void Rejoin_ThatGivesNothingBack_IsMissed() => Missed(WorldKind.TwoOwners, new TwinWithoutRejoin(), FindingKind.Unheard);

    [Fact]
    public void Rejoin_ThatHearsNoNames_IsMissed() => Missed(WorldKind.TwoOwners, new TwinThatHearsNoNames(), FindingKind.Overlap);

    /// <param name="kind">The worlds in which it matters.</param>
    /// <param name="twin">What is broken.</param>
    /// <param name="expected">What clients must come to see of it, one or the other.</param>
    private void Missed(WorldKind kind, Twin twin, params FindingKind[] expected)
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var findings = new QueueWorld(kind, seed, twin).Run();
            if (findings.FirstOrDefault(finding => expected.Contains(finding.Kind)) is not { } missed) continue;
            output.WriteLine($"Seed {seed}: {missed}");
            return;
        }
        Assert.Fail($"Nothing was noticed in {Seeds} seeds.");
    }
}
