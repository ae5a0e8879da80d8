using System.Collections.Immutable;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Makes up commands: mostly ones that make sense, some that must be refused, all of them out of few names so that they meet.</summary>
internal sealed partial class ModelCommands(Func<NaiveQueue> oracle, Func<Moment> now)
{
    private static readonly string[] Types = ["x", "y", "z"];
    private static readonly string[] Agents = ["u", "v", "w"];
    private static readonly string[] Instances = ["2", "3"];
    private static readonly string[] Capabilities = [.. Types, "general", "c", "cheap"];
    private readonly List<(string TaskId, UInt128 Token)> _tokens = [];
    private int _lastTask;
    private int _lastGraph;
    private int _lastOperation;

    /// <summary>Where the next choices come from.</summary>
    public Random Random { get; set; } = new(0);

    public void Remember(string taskId, UInt128 token) => _tokens.Add((taskId, token));

    public Command Next()
    {
        var command = Make();
        if (command is Command.AbandonClaim or Command.Ungrant or Command.Rejoin || Random.Next(8) > 0) return command;
        if (command is not Command.Claim && Random.Next(2) == 0) return command with { IsBrief = true };
        return command with { Key = new IdempotencyKey($"k{Random.Next(30)}", Hash($"{command.GetType().Name}{Random.Next(2)}")) };
    }

    private Command Make() => Random.Next(135) switch
    {
        < 22 => new Command.Submit(Submission(NewId(), EdgesToAny())),
        < 27 => Graph(),
        < 52 => Claim(),
        < 62 => Heartbeat(),
        < 71 => Complete(),
        < 78 => Fail(),
        < 81 => Release(),
        < 83 => Ungrant(),
        < 90 => Children(),
        < 94 => Ask(),
        < 100 => Answer(),
        < 104 => new Command.Cancel(Random.Next(2) == 0 ? AnyLeased()?.Id ?? AnyId() : AnyId(), Maybe("reason")),
        < 105 => new Command.CancelGraph($"g{Random.Next(_lastGraph + 2)}", Maybe("reason")),
        < 109 => new Command.Retry(AnyOf(task => task.State is TaskState.Failed or TaskState.Cancelled)),
        < 112 => Patch(),
        < 114 => new Command.Delete(AnyOf(task => task.State.IsFinal())),
        < 116 => Abandon(),
        < 119 => Rejoin(),
        _ => Rare(),
    };

    private Command Rare() => Random.Next(20) switch
    {
        < 3 => new Command.RegisterAgent(Any(Agents), [.. Some(Capabilities)], Random.Next(1, 5)),
        < 4 => Random.Next(2) == 0 ? new Command.DrainAgent(Any(Agents)) : new Command.RemoveAgent(Any(Agents)),
        < 5 => new Command.Pause(Few(Types)),
        < 8 => new Command.Resume(Random.Next(2) == 0 ? [] : Few(Types)),
        < 10 => new Command.Configure(Settings()),
        < 11 => new Command.ListTasks(Filter(), Random.Next(1, 5), Random.Next(1, 60)),
        < 12 => new Command.GetTask(AnyId()),
        < 13 => Random.Next(2) == 0 ? new Command.GetQueue() : new Command.Probe(),
        < 15 => new Command.Bulk($"o{Random.Next(Math.Max(1, ++_lastOperation - 1), _lastOperation + 1)}", (BulkAction)Random.Next(1, 4), Filter(), Random.Next(4) == 0),
        < 16 => Schedule(),
        < 18 => new Command.Why(AnyOf(task => task.State == TaskState.Pending)),
        _ => new Command.Why(AnyId()),
    };

    private string NewId() => Random.Next(8) == 0 ? AnyId() : $"t{++_lastTask}";

    private string AnyId() => $"t{Math.Max(1, _lastTask - Random.Next(25))}";

    private string Any(string[] words) => words[Random.Next(words.Length)];

    private string? Maybe(string word) => Random.Next(2) == 0 ? word : null;

    private IEnumerable<string> Some(string[] words) => words.Where(_ => Random.Next(2) == 0);

    private ImmutableSortedSet<string> Few(string[] words) => Random.Next(3) == 0 ? [] : [Any(words)];

    /// <summary>Mostly a task for which the command makes sense.</summary>
    private string AnyOf(Func<NaiveTask, bool> isMeant)
    {
        var meant = oracle().Tasks.Where(isMeant).ToList();
        return meant.Count == 0 || Random.Next(6) == 0 ? AnyId() : meant[^Random.Next(1, Math.Min(20, meant.Count) + 1)].Id;
    }

    private Command.SubmitGraph Graph()
    {
        if (Random.Next(8) == 0 && _lastGraph > 0) return RepeatedGraph();
        var ids = Enumerable.Range(0, Random.Next(0, 7)).Select(_ => NewId()).ToList();
        var tasks = ids.Select((id, index) => Submission(id, EdgesWithin(ids, index)));
        return new Command.SubmitGraph($"g{++_lastGraph}", [.. tasks], Random.Next(4) == 0 ? Amount(60) : null);
    }

    private Command.SubmitGraph RepeatedGraph()
    {
        var graph = $"g{Random.Next(1, _lastGraph + 1)}";
        var tasks = oracle().Tasks.Where(task => task.GraphId == graph && task.ParentId is null).Select(task => task.What).ToImmutableArray();
        return new Command.SubmitGraph($"g{++_lastGraph}", Random.Next(3) == 0 ? tasks[..(tasks.Length / 2)] : tasks);
    }

    private Command.Claim Claim() => new(
        Any(Agents), Random.Next(2) == 0 ? Any(Instances) : null, Random.Next(3) == 0 ? [.. Some(Capabilities)] : null, Random.Next(1, 4),
        Random.Next(2) == 0 ? Random.Next(1, 20) * 1_000L : 0, Random.Next(4) == 0 ? 5_000 : null, Random.Next(3) == 0 ? $"claim{Random.Next(6)}" : null,
        IsOfRegistered: Random.Next(5) == 0);

    private Command Abandon() => oracle().Waits.Count == 0 ? Claim() : new Command.AbandonClaim(oracle().Waits[Random.Next(oracle().Waits.Count)].Claim);

    private NaiveTask? AnyLeased()
    {
        var leased = oracle().Tasks.Where(task => task.Lease?.Token > 0).ToList();
        return leased.Count == 0 ? null : leased[Random.Next(leased.Count)];
    }

    private (string TaskId, UInt128 Token) AnyToken()
    {
        if (Random.Next(3) > 0 && AnyLeased() is { } leased) return (leased.Id, leased.Lease!.Token);
        if (_tokens.Count == 0 || Random.Next(12) == 0) return (AnyId(), UInt128.MaxValue);
        return _tokens[Math.Max(0, _tokens.Count - 1 - Random.Next(Random.Next(4) == 0 ? 20 : 5))];
    }

    private Command.Heartbeat Heartbeat()
    {
        var (id, token) = AnyToken();
        return new(id, token, Random.Next(2) == 0 ? Random.Next(4) / 4.0 : null, Maybe($"m{Random.Next(3)}"), Bytes(Maybe($"c{Random.Next(3)}")), AnyUsage());
    }

    private Command.Complete Complete()
    {
        var (id, token) = AnyToken();
        var result = oracle().Find(id) is { IsVerifier: true } ? Verdict() : Maybe($"r{Random.Next(100)}");
        return new(id, token, Bytes(result), AnyUsage(), null);
    }

    private string? Verdict() => Random.Next(8) switch
    {
        0 => Maybe("maybe"),
        < 4 => $$"""{"pass":false,"reason":"r{{Random.Next(3)}}"}""",
        _ => """{"pass":true}""",
    };

    private Usage? AnyUsage() => Random.Next(2) == 0 ? new Usage(Random.Next(20), Random.Next(8) / 4.0) : null;

    private Command.Fail Fail()
    {
        var (id, token) = AnyToken();
        return new(id, token, new TaskError($"e{Random.Next(3)}", "It did not work.", Retryable: Random.Next(4) > 0), Random.Next(3) == 0 ? Random.Next(8_000) : null);
    }

    private Command.Release Release()
    {
        var (id, token) = AnyToken();
        return new(id, token);
    }

    private Command.Ungrant Ungrant()
    {
        var (id, token) = AnyToken();
        return new(id, token);
    }

    /// <summary>A stream's agent is back: mostly one that holds something. It names some of its grants, and now and then one that is not its own.</summary>
    private Command.Rejoin Rejoin()
    {
        var streams = oracle().Tasks.Select(task => task.Lease).OfType<NaiveLease>().Where(lease => lease.Instance.Length > 0).ToList();
        var (agent, instance) = streams.Count > 0 && Random.Next(6) > 0 && streams[Random.Next(streams.Count)] is var lease
            ? (lease.Agent, lease.Instance)
            : (Any(Agents), Any(Instances));
        var own = oracle().Tasks.Where(task => task.Lease is { } held && held.Token > 0 && held.Agent == agent && held.Instance == instance)
            .Where(_ => Random.Next(2) == 0).Select(task => (task.Id, task.Lease!.Token));
        var held = Random.Next(3) == 0 ? own.Append(AnyToken()) : own;
        return new(agent, instance, [.. held.Select(grant => new HeldGrant(grant.Item1, grant.Item2))]);
    }

    private Command.AddChildren Children()
    {
        var (id, token) = AnyToken();
        var before = oracle().Tasks.Where(task => task.ParentId == id).Select(task => task.What);
        if (Random.Next(10) == 0) before = before.Select(task => task with { Fingerprint = task.Fingerprint + 1 });
        var ids = Enumerable.Range(0, Random.Next(Random.Next(3) == 0 ? 0 : 1, 3)).Select(_ => NewId()).ToList();
        var added = ids.Select((child, index) => Submission(child, EdgesWithin(ids, index)));
        var tasks = (Random.Next(2) == 0 ? before.Concat(added) : added).ToImmutableArray();
        return new(id, token, tasks.IsEmpty ? [Submission(NewId(), [])] : tasks, Waits: Random.Next(3) > 0);
    }

    private Command.Ask Ask()
    {
        var (id, token) = AnyToken();
        return new(id, token, $"q{Random.Next(2)}", Random.Next(2) == 0 ? [] : ["yes", "no"]);
    }

    private Command.Answer Answer()
    {
        var id = AnyOf(task => task.State == TaskState.Waiting);
        if (oracle().Find(id)?.Waits == WaitReason.Budget && Random.Next(4) > 0)
            return new(id, Bytes("{}")!.Value, null, Random.Next(2) == 0 ? new TaskBudget(Random.Next(30), null) : null);
        var word = (string[])["yes", "no", "maybe"];
        var choice = Any(word);
        return new(id, Bytes($"\"{choice}\"")!.Value, choice, null);
    }

    private Command.Patch Patch()
    {
        var date = Random.Next(3) switch { 0 => new NewDate(null), 1 => new NewDate(now().UnixMs + Random.Next(-1_000, 20_000)), _ => (NewDate?)null };
        var labels = Random.Next(2) == 0 ? ImmutableSortedDictionary<string, string?>.Empty.Add("l", Maybe($"v{Random.Next(2)}")) : null;
        return new(AnyOf(task => !task.State.IsFinal()), Random.Next(2) == 0 ? (TaskPriority)Random.Next(1, 5) : null, date, labels);
    }

    private static ReadOnlyMemory<byte>? Bytes(string? word) => word is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(word);

    private static UInt128 Hash(string text) => text.Aggregate((UInt128)1, (hash, unit) => hash * 31 + unit);
}
