using TaskPlatform.Engine;
using TaskPlatform.Tests.Engine;

namespace TaskPlatform.Tests.Guarantees;

/// <summary>Tasks that kill whoever takes them do not go round for ever.</summary>
public sealed class PoisonTests
{
    private const int Tasks = 1_000;
    private const int Attempts = 3;

    [Fact]
    public void CrashOnRun_AcrossRestarts_EndsFailedAfterItsAttempts()
    {
        var rig = new EngineRig { Watches = false };
        for (var number = 0; number < Tasks; number++) rig.Apply(Submit($"t{number}"));
        var random = new Random(1);
        var rounds = 0;

        while (rig.Engine.UnfinishedCount > 0)
        {
            Assert.True(++rounds < 1_000, $"{rig.Engine.UnfinishedCount} tasks still go round.");
            // Each agent dies as soon as it has begun; the service is restarted now and then.
            rig.Apply(new Command.Claim($"agent{rounds}", null, null, Tasks, 0, null, null));
            if (random.Next(4) == 0) rig.Reload(downMs: random.Next(2_000));
            rig.Tick(random.Next(40_000));
        }

        for (var number = 0; number < Tasks; number++)
        {
            var task = rig.Task($"t{number}");
            Assert.Equal((TaskState.Failed, "lease-lost", Attempts), (task.State, task.Error?.Type, task.AttemptsUsed));
            Assert.All(task.Attempts, attempt => Assert.Equal("lease-lost", attempt.Outcome));
        }
        Assert.IsType<Outcome.TaskAnswer>(rig.Apply(new Command.Retry("t0")));
        Assert.Equal(1, rig.Engine.UnfinishedCount);
    }

    private static Command.Submit Submit(string id) => new(new TaskSubmission
    {
        Id = id,
        Type = "poison",
        Body = new TaskBody { LeaseMs = 10_000, MaxAttempts = Attempts },
    });
}
