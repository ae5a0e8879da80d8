using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Queues;

/// <summary>An owner that has more to do than it gets done for seconds.</summary>
public sealed class BusyOwnerTests
{
    private const long ShortMs = 300;
    private const long LongMs = 2_000;

    [Fact]
    public async Task Lease_OwnerNeverRests_RunsOutAtItsTime()
    {
        await using var rig = await QueueRig.StartAsync();
        var owner = await rig.OwnerAsync("busy");
        // Nothing to store, so nothing to wait for.
        await AskAsync<Outcome.QueueAnswer>(owner, new Command.Configure(new SettingsChange { Durability = Durability.Memory }));
        await GrantAsync(owner, "short", ShortMs);
        await GrantAsync(owner, "long", LongMs);
        // Each look at the clock takes so long, and commands wait all the while: the owner goes from one batch to the next.
        rig.Time.AutoAdvanceAmount = TimeSpan.FromMilliseconds(20);
        var before = rig.Time.GetTimestamp();
        var underWay = AskManyAsync(owner);
        while (rig.Time.GetElapsedTime(before).TotalMilliseconds < 1.5 * LongMs)
        {
            var next = AskManyAsync(owner);
            await underWay;
            underWay = next;
        }
        await underWay;
        rig.Time.AutoAdvanceAmount = TimeSpan.Zero;

        Assert.InRange(rig.Time.GetElapsedTime(before).TotalMilliseconds, 1.5 * LongMs, 4 * LongMs);
        var task = (await AskAsync<Outcome.TaskAnswer>(owner, new Command.GetTask("long"))).View.Task;

        var lost = Assert.Single(task.Attempts);
        Assert.InRange(lost.FinishedUnixMs - lost.StartedUnixMs, LongMs, LongMs + 500);
    }

    private static Task AskManyAsync(QueueOwner owner) => owner.SendAllAsync([.. Enumerable.Repeat<Command>(new Command.GetQueue(), 5_000)]);

    private static async Task GrantAsync(QueueOwner owner, string id, long leaseMs)
    {
        await AskAsync<Outcome.TaskAnswer>(owner, new Command.Submit(new TaskSubmission { Id = id, Type = id, Body = new TaskBody { LeaseMs = leaseMs } }));
        Assert.Single((await AskAsync<Outcome.Claimed>(owner, new Command.Claim("gone", null, [id], 1, 0, null, null))).Grants);
    }

    private static async Task<T> AskAsync<T>(QueueOwner owner, Command command) where T : Outcome
        => Assert.IsType<T>((await owner.SendAsync(command, TestContext.Current.CancellationToken)).Outcome);
}
