using System.Collections.Immutable;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Makes up commands: mostly ones that make sense, some that must be refused, all of them out of few names so that they meet.</summary>
internal sealed class ModelCommands(Random random, Func<NaiveQueue> oracle, Func<Moment> now)
{
    private static readonly string[] Types = ["x", "y", "z"];
    private static readonly string[] Agents = ["u", "v", "w"];
    private readonly List<(string TaskId, UInt128 Token)> _tokens = [];
    private int _lastTask;
    private int _lastGraph;

    public void Remember(string taskId, UInt128 token) => _tokens.Add((taskId, token));

    public Command Next()
    {
        var command = Make();
        if (command is Command.AbandonClaim or Command.Ungrant || random.Next(8) > 0) return command;
        return command with { Key = new IdempotencyKey($"k{random.Next(30)}", Hash($"{command.GetType().Name}{random.Next(2)}")) };
    }

    private Command Make() => random.Next(103) switch
    {
        < 24 => new Command.Submit(Submission(NewId(), EdgesToAny())),
        < 29 => Graph(),
        < 50 => Claim(),
        < 61 => Heartbeat(),
        < 70 => Complete(),
        < 77 => Fail(),
        < 80 => Release(),
        < 83 => Ungrant(),
        < 87 => new Command.Cancel(random.Next(2) == 0 ? AnyLeased()?.Id ?? AnyId() : AnyId(), Maybe("reason")),
        < 88 => new Command.CancelGraph($"g{random.Next(_lastGraph + 2)}", Maybe("reason")),
        < 90 => Abandon(),
        < 92 => new Command.RegisterAgent(Any(Agents), [.. Some([.. Types, "general", "c"])], random.Next(1, 4)),
        < 93 => new Command.DrainAgent(Any(Agents)),
        < 94 => new Command.Pause(Few(Types)),
        < 96 => new Command.Resume(random.Next(2) == 0 ? [] : Few(Types)),
        < 97 => new Command.Configure(random.Next(3) * 20_000L),
        < 98 => new Command.ListTasks(new TaskFilter((TaskState)random.Next(8), null, null, null, null, null), random.Next(1, 5), random.Next(1, 60)),
        < 99 => new Command.GetTask(AnyId()),
        < 100 => new Command.GetQueue(),
        _ => new Command.Probe(),
    };

    private string NewId() => random.Next(8) == 0 ? AnyId() : $"t{++_lastTask}";

    private string AnyId() => $"t{Math.Max(1, _lastTask - random.Next(25))}";

    private string Any(string[] words) => words[random.Next(words.Length)];

    private string? Maybe(string word) => random.Next(2) == 0 ? word : null;

    private IEnumerable<string> Some(string[] words) => words.Where(_ => random.Next(2) == 0);

    private ImmutableSortedSet<string> Few(string[] words) => random.Next(3) == 0 ? [] : [Any(words)];

    private ImmutableArray<DependencyEdge> EdgesToAny() => random.Next(3) > 0 ? [] : [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Edge(AnyId()))];

    private DependencyEdge Edge(string id) => new(id, (EdgeKind)(random.Next(5) switch { 0 => 1, 1 => 2, _ => 0 }));

    private TaskSubmission Submission(string id, ImmutableArray<DependencyEdge> edges) => new()
    {
        Id = id,
        Type = Any(Types),
        Priority = (TaskPriority)random.Next(1, 5),
        DependsOn = edges,
        NotBeforeUnixMs = random.Next(5) == 0 ? now().UnixMs + random.Next(-5_000, 30_000) : null,
        DeadlineUnixMs = random.Next(5) == 0 ? now().UnixMs + random.Next(-1_000, 60_000) : null,
        Fingerprint = Hash($"{id}{(random.Next(10) == 0 ? "other" : "")}"),
        Body = new TaskBody
        {
            Capabilities = random.Next(5) == 0 ? ["c"] : [],
            MaxAttempts = random.Next(1, 4),
            Backoff = new BackoffPolicy(random.Next(2) == 0, random.Next(0, 4_000), 20_000),
            LeaseMs = random.Next(2, 30) * 1_000L,
            AttemptTimeoutMs = random.Next(10, 60) * 1_000L,
            StallMs = random.Next(3) == 0 ? random.Next(5, 40) * 1_000L : null,
        },
    };

    private Command.SubmitGraph Graph()
    {
        if (random.Next(8) == 0 && _lastGraph > 0) return RepeatedGraph();
        var ids = Enumerable.Range(0, random.Next(0, 7)).Select(_ => NewId()).ToList();
        var tasks = ids.Select((id, index) => Submission(id, EdgesWithin(ids, index)));
        return new Command.SubmitGraph($"g{++_lastGraph}", [.. tasks]);
    }

    private Command.SubmitGraph RepeatedGraph()
    {
        var graph = $"g{random.Next(1, _lastGraph + 1)}";
        var tasks = oracle().Tasks.Where(task => task.GraphId == graph).Select(task => task.What).ToImmutableArray();
        return new Command.SubmitGraph($"g{++_lastGraph}", random.Next(3) == 0 ? tasks[..(tasks.Length / 2)] : tasks);
    }

    private ImmutableArray<DependencyEdge> EdgesWithin(List<string> ids, int index)
    {
        if (random.Next(12) == 0) return EdgesToAny();
        // Mostly to earlier tasks of the call; sometimes to any, which may close a circle.
        var reach = random.Next(15) == 0 ? ids.Count : index;
        return reach == 0 ? [] : [.. Enumerable.Range(0, random.Next(3)).Select(_ => Edge(ids[random.Next(reach)]))];
    }

    private Command.Claim Claim() => new(
        Any(Agents), random.Next(3) == 0 ? "2" : null, random.Next(3) == 0 ? [.. Some([.. Types, "general", "c"])] : null, random.Next(1, 4),
        random.Next(2) == 0 ? random.Next(1, 20) * 1_000L : 0, random.Next(4) == 0 ? 5_000 : null, random.Next(3) == 0 ? $"claim{random.Next(6)}" : null);

    private Command Abandon() => oracle().Waits.Count == 0 ? Claim() : new Command.AbandonClaim(oracle().Waits[random.Next(oracle().Waits.Count)].Claim);

    private NaiveTask? AnyLeased()
    {
        var leased = oracle().Tasks.Where(task => task.Lease?.Token > 0).ToList();
        return leased.Count == 0 ? null : leased[random.Next(leased.Count)];
    }

    private (string TaskId, UInt128 Token) AnyToken()
    {
        if (random.Next(2) == 0 && AnyLeased() is { } leased) return (leased.Id, leased.Lease!.Token);
        if (_tokens.Count == 0 || random.Next(12) == 0) return (AnyId(), UInt128.MaxValue);
        return _tokens[Math.Max(0, _tokens.Count - 1 - random.Next(random.Next(4) == 0 ? 20 : 5))];
    }

    private Command.Heartbeat Heartbeat()
    {
        var (id, token) = AnyToken();
        return new(id, token, random.Next(2) == 0 ? random.Next(4) / 4.0 : null, Maybe($"m{random.Next(3)}"), Bytes(Maybe($"c{random.Next(3)}")),
            random.Next(2) == 0 ? new Usage(random.Next(100), 0) : null);
    }

    private Command.Complete Complete()
    {
        var (id, token) = AnyToken();
        return new(id, token, Bytes(Maybe($"r{random.Next(100)}")), null, null);
    }

    private Command.Fail Fail()
    {
        var (id, token) = AnyToken();
        return new(id, token, new TaskError($"e{random.Next(3)}", "It did not work.", Retryable: random.Next(4) > 0), random.Next(3) == 0 ? random.Next(8_000) : null);
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

    private static ReadOnlyMemory<byte>? Bytes(string? word) => word is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(word);

    private static UInt128 Hash(string text) => text.Aggregate((UInt128)1, (hash, unit) => hash * 31 + unit);
}
