using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TaskPlatform.Api.Analytics;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Queues;
using TaskPlatform.Tests.Simulation;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Analytics;

/// <summary>
/// One queue and what its analytics say, on one thread and a clock that moves only when nothing is left to do: the owner has always seen everything by its time.
/// </summary>
internal sealed class AnalyticsRig : IAsyncDisposable
{
    public const long MinuteMs = 60_000;
    public const long StepMs = AnalyticsStep.LengthMs;

    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ScriptedNetwork _network = new();
    private readonly SteppedClock _clock;
    private readonly QueueParts _parts;
    private readonly QueueOwners _owners;

    private AnalyticsRig(VirtualTime world)
    {
        _clock = new SteppedClock(world.Clock);
        _parts = new QueueParts(_clock);
        Server = new MemoryServer(_clock);
        var services = _parts.Services("here", _clock, Chance.Secure, TaskScheduler.FromCurrentSynchronizationContext());
        _owners = new QueueOwners(new MemoryQueueStores(Server, _network), services, "here", NullLogger<QueueOwners>.Instance);
        Probe = new QueueProbe(_owners, _clock, Meters);
    }

    public string Queue { get; } = $"q{Guid.NewGuid():N}";

    public MemoryServer Server { get; }

    public QueueProbe Probe { get; }

    public IMeterFactory Meters => _provider.GetRequiredService<IMeterFactory>();

    public long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    // A token that could be cancelled would bring in the pool's threads.
    private static CancellationToken Cancel => CancellationToken.None;

    public static void Run(Func<AnalyticsRig, Task> scenario) => VirtualTime.Run(
        async world =>
        {
            await using var rig = new AnalyticsRig(world);
            await scenario(rig);
        },
        TimeSpan.FromDays(3));

    /// <summary>From now on the store takes so long for each commit.</summary>
    public void CommitsTake(long ms) => _network.Decide = async what =>
    {
        if (what.StartsWith("commit", StringComparison.Ordinal) && ms > 0) await SleepAsync(ms);
        return CallFate.Answered;
    };

    /// <summary>Time goes on.</summary>
    public Task SleepAsync(long ms) => Task.Delay(TimeSpan.FromMilliseconds(ms), _clock, Cancel);

    /// <summary>Somebody sets the wall clock.</summary>
    public void SetWallClock(long byMs) => _clock.Shift += TimeSpan.FromMilliseconds(byMs);

    public async Task<QueueOwner> OwnerAsync() => (QueueOwner)await _owners.FindAsync(Queue, Cancel);

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

    /// <summary>A round of the probe, to its end.</summary>
    public async Task ProbeAsync()
    {
        Probe.Round();
        foreach (var pulse in Probe.Pulses) await pulse.Asked;
    }

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

    /// <summary>Another process takes the queue under the same name and dies at once: nothing that this one still has in memory reaches the store.</summary>
    public async Task PushOutAsync()
    {
        var owner = await OwnerAsync();
        Server.TakeOver(Queue, "here");
        await Assert.ThrowsAsync<QueueUnavailableException>(() => SubmitAsync("fenced"));
        await Until.TrueAsync(async () => await OwnerAsync() != owner, Cancel);
    }

    private static TaskItem TaskOf(Outcome outcome) => Assert.IsType<Outcome.TaskAnswer>(outcome).View.Task;

    // The owners are left as they stand: a clean stop would bring in the pool's threads.
    public async ValueTask DisposeAsync()
    {
        Probe.Dispose();
        await _parts.DisposeAsync();
        await _provider.DisposeAsync();
    }

    /// <summary>A clock whose wall is set by hand.</summary>
    private sealed class SteppedClock(VirtualClock clock) : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + Shift;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
            => clock.CreateTimer(callback, state, dueTime, period);
    }
}
