using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>How long a task had been ready when it was granted, whatever it had to wait for before.</summary>
public sealed class WaitTests
{
    private readonly EngineRig _rig = new();

    [Fact]
    public void Claim_TaskWithoutConditions_WaitedSinceItsSubmit()
    {
        Submit("a");
        _rig.Tick(700);

        Assert.Equal(700, Claim().WaitedMs);
    }

    [Fact]
    public void Claim_TaskWithADate_WaitedSinceTheDate()
    {
        _rig.Apply(new Command.Submit(new TaskSubmission { Id = "a", Type = "work", Body = new TaskBody(), NotBeforeUnixMs = _rig.Now.UnixMs + 2_000 }));
        _rig.Tick(2_300);

        Assert.Equal(300, Claim().WaitedMs);
    }

    [Fact]
    public void Claim_Dependent_WaitedSinceTheLastDependencyEnded()
    {
        Submit("a");
        Submit("b", "a");
        _rig.Tick(5_000);
        Complete("a", Claim());
        _rig.Tick(40);

        Assert.Equal(40, Claim().WaitedMs);
    }

    [Fact]
    public void Claim_AfterAFailure_WaitedSinceTheBackoffEnded()
    {
        Submit("a");
        _rig.Apply(new Command.Fail("a", Claim().Token, new TaskError("x", "y", Retryable: true), RetryAfterMs: 3_000));
        _rig.Tick(3_250);

        Assert.Equal(250, Claim().WaitedMs);
    }

    [Fact]
    public void Claim_AfterALostLease_WaitedSinceItWasLost()
    {
        Submit("a");
        var lease = Claim();
        _rig.Tick(lease.DurationMs);
        _rig.Tick(60);

        Assert.Equal(60, Claim().WaitedMs);
    }

    [Fact]
    public void Claim_AfterARestart_WaitedThroughIt()
    {
        Submit("a");
        Submit("b", "a");
        Complete("a", Claim());
        _rig.Reload(downMs: 9_000);

        Assert.Equal(9_000, Claim().WaitedMs);
    }

    [Fact]
    public void Claim_AfterTheClockWasSetBack_WaitedNoNegativeTime()
    {
        Submit("a");
        _rig.StepWallClock(-60_000);

        Assert.Equal(0, Claim().WaitedMs);
    }

    private void Submit(string id, params string[] dependsOn) => _rig.Apply(new Command.Submit(new TaskSubmission
    {
        Id = id,
        Type = "work",
        Body = new TaskBody(),
        DependsOn = [.. dependsOn.Select(other => new DependencyEdge(other))],
    }));

    private Lease Claim() =>
        Assert.IsType<Outcome.Claimed>(_rig.Apply(new Command.Claim("agent", null, ["work"], 1, 0, null, null))).Grants.Single().Task.Lease!;

    private void Complete(string id, Lease lease) => _rig.Apply(new Command.Complete(id, lease.Token, null, null, null));
}
