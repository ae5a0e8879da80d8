using System.Collections.Immutable;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Simulation;

/// <summary>An agent. While the world is hostile it dies, stalls beyond its lease and goes on as if nothing had been, and repeats its calls.</summary>
internal class Agent(QueueWorld world, string id, Random random)
{
    private int _claims;

    protected QueueWorld World => world;

    protected string Id => id;

    protected Random Random => random;

    protected Caller Caller { get; } = new(world, new Random(random.Next()));

    public virtual async Task RunAsync()
    {
        while (!world.IsOver)
        {
            var claimId = random.Next(3) > 0 ? $"{id}-{++_claims}" : null;
            var claim = new Command.Claim(id, null, null, random.Next(1, 3), random.Next(2) * 2_000, null, claimId);
            var outcome = await Caller.AskAsync(claim, claimId is null ? 1 : 3);
            if (outcome is not Outcome.Claimed { Grants: { IsEmpty: false } grants }) await world.DelayAsync(random.Next(50, 400));
            else await Task.WhenAll(grants.Select(grant => WorkAsync(grant.Task)));
        }
    }

    /// <summary>Whether it knows nothing of the end of a grant.</summary>
    protected virtual bool MayGoOn(UInt128 token) => true;

    protected async Task WorkAsync(TaskItem task)
    {
        var token = task.Lease!.Token;
        var leaseMs = (int)task.Lease.DurationMs;
        for (var beat = 0; beat < random.Next(4); beat++)
        {
            if (Chance(0.05)) return; // died; what it held runs out
            await world.DelayAsync(Chance(0.2) ? leaseMs + random.Next(1, 6_000) : random.Next(1, leaseMs / 2));
            if (!MayGoOn(token) || !await BeatAsync(task, token, beat)) return;
        }
        if (IsParent(task) && !await SpawnAsync(task, token)) return;
        await SettleAsync(task, token);
    }

    /// <returns>Whether it goes on: now and then it does although it was told that its lease is lost.</returns>
    private async Task<bool> BeatAsync(TaskItem task, UInt128 token, int beat)
    {
        var checkpoint = random.Next(2) == 0 ? (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes($"\"{id}-{token:x}-{beat}\"") : null;
        var outcome = await Caller.AskAsync(new Command.Heartbeat(task.Id, token, null, null, checkpoint, null), random.Next(1, 4));
        return outcome is Outcome.Extended or null || Chance(0.7);
    }

    private static bool IsParent(TaskItem task) => task.Id.StartsWith('p') && !task.Id.Contains('.', StringComparison.Ordinal);

    /// <returns>Whether the children are over already.</returns>
    private async Task<bool> SpawnAsync(TaskItem task, UInt128 token)
    {
        ImmutableArray<TaskSubmission> children = [Submissions.Plain($"{task.Id}.1"), Submissions.Plain($"{task.Id}.2")];
        foreach (var child in children) world.Attempt(child);
        var outcome = await Caller.AskAsync(new Command.AddChildren(task.Id, token, children, Waits: true), 3);
        return outcome is Outcome.TaskAnswer { View.Task.Lease: not null };
    }

    private async Task SettleAsync(TaskItem task, UInt128 token)
    {
        var settle = Settle(task, token);
        var outcome = await Caller.AskAsync(settle, random.Next(1, 5));
        // Some change their mind when they hear nothing.
        if (outcome is null && Chance(0.1)) await Caller.AskAsync(Settle(task, token), 2);
    }

    private Command Settle(TaskItem task, UInt128 token) => (Chance(1) ? random.Next(20) : 0) switch
    {
        < 14 => new Command.Complete(task.Id, token, Encoding.UTF8.GetBytes(task.IsVerifier ? VerdictOf(token) : ResultOf(token)), null, null),
        < 16 => new Command.Fail(task.Id, token, new TaskError("odd", "It did not work.", Retryable: true), null),
        < 17 => new Command.Fail(task.Id, token, new TaskError("late", "Not now.", Retryable: true), random.Next(2_000)),
        < 18 => new Command.Fail(task.Id, token, new TaskError("bad", "It cannot work.", Retryable: false), null),
        _ => new Command.Release(task.Id, token),
    };

    /// <summary>Each grant has its own result, so that one sees whose was taken.</summary>
    public static string ResultOf(UInt128 token) => $"\"{token:x}\"";

    /// <summary>How a verdict begins that lets a result pass.</summary>
    public const string Passes = """{"pass":true,""";

    /// <summary>The same however often it is handed in. Now and then one that is none.</summary>
    private static string VerdictOf(UInt128 token) => (int)(token % 8) switch
    {
        0 => ResultOf(token),
        < 4 => $$"""{"pass":false,"reason":"{{token:x}}"}""",
        _ => $"{Passes}\"reason\":\"{token:x}\"}}",
    };

    protected bool Chance(double share) => !world.IsCalm && random.NextDouble() < share;
}
