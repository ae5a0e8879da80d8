using TaskPlatform.Api.Analytics;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Engine;

namespace TaskPlatform.Tests.Analytics;

/// <summary>What analytics may cost the way of every task: nothing that the collector has to clear away.</summary>
[Collection<AloneCollection>]
public sealed class AnalyticsCostTests
{
    [Fact]
    public void Happened_ManyEvents_AllocatesNothing()
    {
        var analytics = new QueueAnalytics("q");
        var events = Lives(1_000);
        Take(analytics, events);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 20; round++) Take(analytics, events);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Take(QueueAnalytics analytics, IReadOnlyList<TaskEvent> events)
    {
        analytics.Happened(events);
        analytics.Granted(1_500);
        analytics.Coordinated(3_000);
    }

    private static IReadOnlyList<TaskEvent> Lives(int tasks)
    {
        var rig = new EngineRig { Watches = false };
        for (var number = 0; number < tasks; number++)
        {
            rig.Apply(new Command.Submit(new TaskSubmission { Id = $"t{number}", Type = "work", Body = new TaskBody() }));
            rig.Sleep(number);
            var task = Assert.IsType<Outcome.Claimed>(rig.Apply(new Command.Claim("agent", null, null, 1, 0, null, null))).Grants[0].Task;
            rig.Sleep(2 * number);
            rig.Apply(new Command.Complete(task.Id, task.Lease!.Token, null, null, null));
        }
        return rig.Events;
    }
}
