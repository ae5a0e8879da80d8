using TaskPlatform.Api.Analytics;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Queues;

namespace TaskPlatform.Tests.Analytics;

/// <summary>One queue on a clock in hand, and what its analytics say.</summary>
internal sealed class AnalyticsRig(QueueRig rig) : IAsyncDisposable
{
    public const long MinuteMs = 60_000;
    public const long StepMs = AnalyticsStep.LengthMs;

    public string Queue { get; } = $"q{Guid.NewGuid():N}";

    public QueueRig Rig => rig;

    public long NowMs => rig.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<AnalyticsRig> StartAsync() => new(await QueueRig.StartAsync());

    public Task<QueueOwner> OwnerAsync() => rig.OwnerAsync(Queue);

    public async Task<Outcome> SendAsync(Command command) => (await (await OwnerAsync()).SendAsync(command, Cancel)).Outcome;

    public async Task<AnalyticsView> ReadAsync(long windowMs = StepMs)
    {
        var owner = await OwnerAsync();
        var load = Assert.IsType<Outcome.LoadAnswer>(await SendAsync(new Command.GetLoad())).Load;
        return owner.Analyse(load, windowMs);
    }

    public async Task<TaskItem> SubmitAsync(string id, TaskPriority priority = TaskPriority.Medium) => TaskOf(await SendAsync(new Command.Submit(new TaskSubmission
    {
        Id = id,
        Type = "work",
        Priority = priority,
        Body = new TaskBody { Policy = new TaskPolicy { LeaseMs = 86_400_000, AttemptTimeoutMs = 86_400_000 } },
    })));

    public Task RegisterAsync(string agent, int slots) => SendAsync(new Command.RegisterAgent(agent, ["general"], slots));

    public async Task<TaskItem?> ClaimAsync(string agent = "agent", string? claimId = null)
    {
        var claimed = Assert.IsType<Outcome.Claimed>(await SendAsync(new Command.Claim(agent, null, null, 1, 0, null, claimId)));
        return claimed.Grants.IsEmpty ? null : claimed.Grants[0].Task;
    }

    public async Task<TaskItem> CompleteAsync(TaskItem task) => TaskOf(await SendAsync(new Command.Complete(task.Id, task.Lease!.Token, null, null, null)));

    public async Task<TaskItem> FailAsync(TaskItem task)
        => TaskOf(await SendAsync(new Command.Fail(task.Id, task.Lease!.Token, new TaskError("broken", "It broke.", Retryable: false), null)));

    public async Task<TaskItem> ReleaseAsync(TaskItem task) => TaskOf(await SendAsync(new Command.Release(task.Id, task.Lease!.Token)));

    public async Task BeatAsync(TaskItem task)
        => Assert.IsType<Outcome.Extended>(await SendAsync(new Command.Heartbeat(task.Id, task.Lease!.Token, null, null, null, null)));

    /// <summary>Time goes on, and the owner sees the end of each step on the way.</summary>
    public async Task SleepAsync(long ms)
    {
        for (var end = NowMs + ms; NowMs < end;)
        {
            rig.Time.Advance(TimeSpan.FromMilliseconds(Math.Min(end - NowMs, StepMs - NowMs % StepMs)));
            if (NowMs % StepMs != 0) continue;
            // The owner may have looked at the clock just before it was moved. It looks again when it has answered, so the second time it sees the end.
            for (var look = 0; look < 2; look++) await SendAsync(new Command.Probe());
        }
    }

    /// <summary>The service stops and another one starts.</summary>
    public async Task RestartAsync()
    {
        var owner = await OwnerAsync();
        await owner.DisposeAsync();
        await Until.TrueAsync(async () => await OwnerAsync() != owner, Cancel);
    }

    /// <summary>Another process takes the queue under the same name and dies at once: nothing that this one still has in memory reaches the store.</summary>
    public async Task PushOutAsync()
    {
        var owner = await OwnerAsync();
        rig.Server.TakeOver(Queue, "here");
        await Assert.ThrowsAsync<QueueUnavailableException>(() => SubmitAsync("fenced"));
        await Until.TrueAsync(async () => await OwnerAsync() != owner, Cancel);
    }

    private static TaskItem TaskOf(Outcome outcome) => Assert.IsType<Outcome.TaskAnswer>(outcome).View.Task;

    public ValueTask DisposeAsync() => rig.DisposeAsync();
}
