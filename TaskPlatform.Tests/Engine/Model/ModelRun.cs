using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>
/// Drives an engine and the oracle with the same commands, times and crashes, and compares what they say and what they hold.
/// </summary>
internal sealed partial class ModelRun
{
    private static readonly Command.Probe Probe = new();

    private readonly Random _random;
    private readonly EngineRig _rig;
    private readonly ModelCommands _commands;
    private readonly SortedDictionary<string, int> _coverage;
    private readonly HashSet<string> _changed = [];
    private NaiveQueue _oracle;
    private NaiveQueue _committed;

    public ModelRun(int seed, SortedDictionary<string, int> coverage)
    {
        _random = new Random(seed);
        _coverage = coverage;
        _rig = new EngineRig(new EngineLimits { Requeues = 4 }) { OnChange = change => _changed.Add(change.Task.Id) };
        _oracle = new NaiveQueue { Limits = _rig.Limits, Now = _rig.Now };
        _committed = _oracle.Copy();
        _commands = new ModelCommands(_random, () => _oracle, () => _rig.Now);
    }

    public int Commands { get; private set; }

    public void Run(int commands)
    {
        while (Commands < commands) Step();
        CompareAll();
    }

    private void Step()
    {
        _rig.Random = _oracle.Random = _random.NextDouble();
        switch (_random.Next(40))
        {
            case 0: Restart("reload", losesBatch: false); break;
            case 1: Restart("crash", losesBatch: true); break;
            case 2: Outage(); break;
            case 3: StepWallClock(); break;
            case < 10: Pass(_random.Next(60_000)); break;
            default: Pass(_random.Next(3) == 0 ? _random.Next(3_000) : 0); break;
        }
        Batch(_random.Next(1, 5));
        Commit();
    }

    private void Pass(long ms)
    {
        _rig.Sleep(ms);
        _oracle.Now = _rig.Now;
    }

    private void StepWallClock()
    {
        _rig.SetWallClock(_random.Next(-120_000, 120_000) * (_random.Next(20) == 0 ? 1_000L : 1));
        _oracle.Now = _rig.Now;
    }

    private void Outage()
    {
        Count("outage");
        Pass(_random.Next(60_000));
        _rig.Engine.RegrantLeases(_rig.Now);
        _oracle.RegrantLeases();
    }

    /// <summary>The process dies, before or after its last batch was stored; the next one must stand where the records say.</summary>
    private void Restart(string kind, bool losesBatch)
    {
        Count(kind);
        if (losesBatch)
        {
            Batch(_random.Next(1, 5));
            _oracle = _committed.Copy();
        }
        _rig.Restart(_random.Next(3) == 0 ? _random.Next(90_000) : 0);
        (_oracle.Now, _oracle.Random) = (_rig.Now, _rig.Random);
        _oracle.Reload();
        CompareAll();
    }

    private void Batch(int commands)
    {
        _rig.BeginBatch();
        _oracle.Tick();
        for (var index = 0; index < commands; index++) Do(_commands.Next());
    }

    private void Do(Command command)
    {
        Commands++;
        var verb = Verb(command);
        var expected = _oracle.Do(command);
        var outcome = _rig.ApplyInBatch(command);
        var actual = OutcomeText.Of(outcome, verb);
        if (outcome is Outcome.AgentList) actual = Mean.Replace(actual, "");
        if (outcome is Outcome.Refused { Refusal.Name: Refusal.CycleDetected } && command is Command.SubmitGraph graph) actual = CheckCycle(graph, actual);
        Demand(expected, actual, command.ToString());
        Count($"{verb} {Kind(actual, outcome)}");
        if (outcome is Outcome.Claimed claimed) Adopt(claimed, _oracle.Granted);
        if (_random.Next(10) == 0 && outcome is Outcome.Claimed { Grants: [var grant, ..] }) StartLease(grant.Task);
    }

    private void StartLease(TaskItem task)
    {
        _rig.Engine.StartLease(task.Id, task.Lease!.Token, _rig.Now);
        _oracle.StartLease(task.Id, task.Lease.Token);
    }

    /// <summary>Only the engine makes tokens; a lease must keep the one that it first had.</summary>
    private void Adopt(Outcome.Claimed claimed, List<NaiveTask> granted)
    {
        foreach (var (view, task) in claimed.Grants.Zip(granted))
        {
            if (task.Lease is not { } lease) continue;
            var token = view.Task.Lease!.Token;
            if (lease.Token != 0) Demand(lease.Token.ToString(), token.ToString(), $"The token of {task.Id}");
            lease.Token = token;
            _commands.Remember(task.Id, token);
        }
    }

    private void Commit()
    {
        _oracle.Advance();
        _changed.Clear();
        _rig.Commit();
        CompareAnswers();
        Demand(_oracle.Do(Probe), OutcomeText.Of(_rig.Engine.Apply(Probe, _rig.Now), "probe"), "A probe between two batches");
        foreach (var id in _changed) Compare(_oracle.Task(id));
        if (_random.Next(50) == 0) CompareAll();
        _committed = _oracle.Copy();
    }

    private void CompareAnswers()
    {
        var expected = _oracle.Answers.Select(answer => string.Join(' ', answer.Tasks.Select(task => task.Id).Prepend(Name(answer.Claim))));
        var actual = _rig.Answers.Select(answer => string.Join(' ', answer.Answer.Grants.Select(view => view.Task.Id).Prepend(Name(answer.Claim))));
        Demand(string.Join('\n', expected.Order(StringComparer.Ordinal)), string.Join('\n', actual.Order(StringComparer.Ordinal)), "Claims that waited");
        foreach (var (claim, answer) in _rig.Answers)
        {
            Count(answer.Grants.IsEmpty ? "wait ended" : "wait answered");
            Adopt(answer, _oracle.Answers.First(pair => ReferenceEquals(pair.Claim, claim)).Tasks);
        }
        _rig.Answers.Clear();
        _oracle.Answers.Clear();
    }

    private static string Name(Command.Claim claim)
        => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(claim).ToString(CultureInfo.InvariantCulture);

    private void CompareAll()
    {
        foreach (var task in _oracle.Tasks) Compare(task);
        Demand(_oracle.Count.ToString(CultureInfo.InvariantCulture), _rig.Shelf.Tasks.ToString(CultureInfo.InvariantCulture), "The number of stored tasks");
    }

    private void Compare(NaiveTask expected)
    {
        var actual = _rig.Task(expected.Id);
        Demand(Describe(expected), Describe(actual), expected.Id);
        if (actual.CancelledBy is { } cause)
            Assert.True(expected.What.DependsOn.Any(edge => edge.Id == cause && _oracle.IsImpossible(edge)), $"{expected.Id} was not cancelled by {cause}.");
    }

    private static string Describe(NaiveTask task) => string.Create(CultureInfo.InvariantCulture,
        $"{Words.Of(task.State)} used={task.Used} requeues={task.Requeues} losses={task.Losses} error={task.Error} agent={task.Agent} asked={task.CancelRequested} ")
        + string.Create(CultureInfo.InvariantCulture,
        $"reason={task.Reason} {task.Progress} {task.Message} {task.Checkpoint} result={task.Result ?? "none"} tokens={task.Tokens} backoff={task.BackoffMs} ")
        + string.Create(CultureInfo.InvariantCulture,
        $"lease={task.Lease?.Token} {task.Lease?.Ends} {task.Lease?.Started} {task.Lease?.Regrants} {string.Join(',', task.Attempts)} {string.Join(',', task.Settled.Select(settled => settled.Token))}");

    private string Describe(TaskItem task) => string.Create(CultureInfo.InvariantCulture,
        $"{Words.Of(task.State)} used={task.AttemptsUsed} requeues={task.Requeues} losses={task.Losses} error={task.Error?.Type ?? "none"} agent={task.AssignedAgent ?? "none"} asked={task.CancelRequested} ")
        + string.Create(CultureInfo.InvariantCulture,
        $"reason={task.CancelReason ?? "none"} {task.Progress ?? -1} {task.Message ?? "none"} {Encoding.UTF8.GetString(task.Checkpoint.Span)} result={Result(task)} tokens={task.UsedTokens} backoff={task.BackoffMs} ")
        + string.Create(CultureInfo.InvariantCulture,
        $"lease={task.Lease?.Token} {task.Lease?.EndsTick} {task.Lease?.StartedTick} {task.Lease?.Regrants} {string.Join(',', task.Attempts.Select(attempt => $"{attempt.Attempt}:{attempt.Outcome}"))} {string.Join(',', task.Settled.Select(settled => settled.Token))}");

    private string Result(TaskItem task) => task.ResultBytes < 0 ? "none" : Encoding.UTF8.GetString(_rig.Shelf.Result(task.Id).Span);

    private string CheckCycle(Command.SubmitGraph graph, string text)
    {
        var cycle = text.Split(' ')[2..];
        var edges = graph.Tasks.ToDictionary(task => task.Id, task => task.DependsOn.Select(edge => edge.Id).ToHashSet());
        Assert.Equal(cycle[0], cycle[^1]);
        foreach (var (task, next) in cycle.Zip(cycle.Skip(1))) Assert.Contains(next, edges[task]);
        return "refused cycle-detected";
    }

    private void Count(string what) => _coverage[what] = _coverage.GetValueOrDefault(what) + 1;

    private static void Demand(string expected, string actual, string? of)
    {
        if (expected != actual) throw new InvalidOperationException($"{of}\n  rules:  {expected}\n  engine: {actual}");
    }

    private static string Verb(Command command) => command switch
    {
        Command.Submit => "submit",
        Command.SubmitGraph => "graph",
        _ => command.GetType().Name.ToLowerInvariant(),
    };

    private static string Kind(string text, Outcome outcome) => outcome switch
    {
        Outcome.Claimed claimed => claimed.Grants.IsEmpty ? "none" : "granted",
        Outcome.Refused refused => refused.Refusal.Name,
        Outcome.Parked => text,
        Outcome.Extended => text.EndsWith("cancel", StringComparison.Ordinal) ? "cancel" : "extended",
        Outcome.TaskAnswer => text,
        Outcome.GraphAnswer answer => answer.IsNew ? "new" : "repeat",
        _ => "done",
    };

    [GeneratedRegex(@" mean=\S+")]
    private static partial Regex Mean { get; }
}
