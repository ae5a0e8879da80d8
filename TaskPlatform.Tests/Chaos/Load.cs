using System.Collections.Immutable;
using System.Text;
using TaskPlatform.Client;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Simulation;

namespace TaskPlatform.Tests.Chaos;

/// <summary>Tasks of the load: each is to complete, however often it must be tried.</summary>
internal static class LoadTasks
{
    /// <summary>How long a grant holds without a heartbeat, in milliseconds.</summary>
    public const long LeaseMs = 5_000;

    /// <summary>The same for who beats all the time: shorter than most pauses, so that it is seen who keeps it.</summary>
    public const long HeldLeaseMs = 3_000;

    public const string Held = "held";
    public const string Quick = "quick";
    public const string Remote = "remote";

    public static TaskSubmission Of(string id, string type, params string[] after) => new()
    {
        Id = id,
        Type = type,
        DependsOn = [.. after.Select(before => new DependencyEdge(before))],
        Body = new TaskBody { Payload = Encoding.UTF8.GetBytes($"\"{id}\""), MaxAttempts = 100, LeaseMs = type == Held ? HeldLeaseMs : LeaseMs, Backoff = new BackoffPolicy(true, 100, 500) },
    };

    /// <summary>Each grant has its own result, so that one sees whose was taken.</summary>
    public static Command.Complete Complete(TaskItem task)
        => new(task.Id, task.Lease!.Token, Encoding.UTF8.GetBytes(Simulation.Agent.ResultOf(task.Lease.Token)), null, null);
}

/// <summary>Submits, one after the other; mostly repeats what was not answered, under its id; now and then looks at what it has submitted.</summary>
internal sealed class LoadSubmitter(
    ChaosHistory history, IReadOnlyList<TaskPlatformClient> services, string name, IReadOnlyList<string> types, Random random, CallerTwin twin)
    : RealCaller(history, services, twin)
{
    private readonly List<string> _known = [];

    /// <param name="enough">Begins nothing new; what was begun is brought to its end.</param>
    /// <param name="gone">Gives up.</param>
    public async Task RunAsync(CancellationToken enough, CancellationToken gone)
    {
        for (var number = 1; !enough.IsCancellationRequested; number++)
        {
            string[] after = _known.Count > 0 && random.Next(5) == 0 ? [Known()] : [];
            var task = LoadTasks.Of($"{name}{number}", types[random.Next(types.Count)], after);
            History.Attempt(task);
            // Some give up at once: what they asked for may have happened, and is done then like anything else.
            var submit = new Command.Submit(task);
            var outcome = random.Next(5) == 0 ? await AskAsync(submit, gone) : await InsistAsync(submit, gone);
            if (outcome is Outcome.TaskAnswer) _known.Add(task.Id);
            if (_known.Count > 0 && random.Next(5) == 0) await AskAsync(new Command.GetTask(Known()), gone);
            await Task.Delay(random.Next(5, 30), gone);
        }
    }

    private string Known() => _known[^random.Next(1, Math.Min(_known.Count, 15) + 1)];
}

/// <summary>Works as agents do. While <paramref name="enough"/> is not told it dies with tasks in hand, sleeps beyond its lease and goes on as if nothing had been.</summary>
internal sealed class LoadAgent(ChaosHistory history, IReadOnlyList<TaskPlatformClient> services, string id, Random random, CancellationToken enough)
    : RealCaller(history, services)
{
    private int _claims;

    public async Task RunAsync(CancellationToken gone)
    {
        while (!gone.IsCancellationRequested)
        {
            // In the end also what was taken from whoever held it.
            ImmutableSortedSet<string> types = enough.IsCancellationRequested ? [LoadTasks.Quick, LoadTasks.Held] : [LoadTasks.Quick];
            var claim = new Command.Claim(id, null, types, random.Next(1, 5), 500, null, $"{id}-{++_claims}");
            if (await InsistAsync(claim, gone) is Outcome.Claimed claimed) await Task.WhenAll(claimed.Grants.Select(grant => WorkAsync(grant.Task, gone)));
        }
    }

    private async Task WorkAsync(TaskItem task, CancellationToken gone)
    {
        var fate = enough.IsCancellationRequested ? 100 : random.Next(100);
        if (fate < 2) return; // died; what it held runs out
        if (fate < 4) await Task.Delay((int)LoadTasks.LeaseMs + random.Next(1_500), gone);
        for (var beat = random.Next(3); beat > 0; beat--)
        {
            await Task.Delay(random.Next(200), gone);
            var checkpoint = Encoding.UTF8.GetBytes($"\"{task.Lease!.Token:x}-{beat}\"");
            if (await AskAsync(new Command.Heartbeat(task.Id, task.Lease!.Token, null, null, checkpoint, null), gone) is Outcome.Refused && random.Next(2) == 0) return;
        }
        await InsistAsync(LoadTasks.Complete(task), gone);
        if (fate < 10) await AskAsync(LoadTasks.Complete(task), gone);
    }
}

/// <summary>Holds one task through everything, with beats to all services, and hands it in at the end.</summary>
internal sealed class SteadyAgent(ChaosHistory history, IReadOnlyList<TaskPlatformClient> services) : RealCaller(history, services)
{
    private const int BeatMs = 750;

    private readonly List<RealCaller> _beating = [.. services.Select(service => new RealCaller(history, [service]))];
    private long _sentMs = long.MaxValue;
    private long _longestGapMs;

    /// <summary>Completes when it has its task.</summary>
    public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="isHeard">Whether the round is one in which whoever beats keeps its lease.</param>
    /// <param name="enough">Hands its task in.</param>
    /// <param name="gone">Gives up.</param>
    public async Task RunAsync(bool isHeard, CancellationToken enough, CancellationToken gone)
    {
        var task = await TakeAsync(gone);
        var beats = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(BeatMs));
        while (!enough.IsCancellationRequested)
        {
            Note();
            beats.AddRange(_beating.Select(to => to.AskAsync(new Command.Heartbeat(task.Id, task.Lease!.Token, null, null, null, null), gone)));
            await timer.WaitForNextTickAsync(gone);
        }
        await Task.WhenAll(beats);
        Note();
        await InsistAsync(LoadTasks.Complete(task), gone);
        Note();
        // A program that was itself held up for that long has not beaten all the time.
        if (isHeard && _longestGapMs < LoadTasks.HeldLeaseMs - BeatMs) History.Keep(task.Lease!.Token);
    }

    private async Task<TaskItem> TakeAsync(CancellationToken gone)
    {
        var submission = LoadTasks.Of("held1", LoadTasks.Held);
        History.Attempt(submission);
        await InsistAsync(new Command.Submit(submission), gone);
        for (var number = 1; ; number++)
        {
            var claim = new Command.Claim("steady", null, [LoadTasks.Held], 1, 1_000, null, $"steady-{number}");
            if (await InsistAsync(claim, gone) is not Outcome.Claimed { Grants: [var grant, ..] }) continue;
            Begun.SetResult();
            return grant.Task;
        }
    }

    private void Note()
    {
        var now = ChaosHistory.NowMs;
        _longestGapMs = Math.Max(_longestGapMs, now - _sentMs);
        _sentMs = now;
    }
}
