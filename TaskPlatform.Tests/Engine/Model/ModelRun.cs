using System.Text.RegularExpressions;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>
/// Drives an engine and the oracle with the same commands, times and crashes, and compares what they say and what they hold. What a step does
/// is decided by the step's own number and by what there is, so that steps can be left out and the others still mean the same.
/// </summary>
internal sealed partial class ModelRun
{
    private static readonly Command.Probe Probe = new();

    private readonly EngineRig _rig;
    private readonly ModelCommands _commands;
    private readonly SortedDictionary<string, int> _coverage;
    private readonly HashSet<string> _changed = [];
    private NaiveQueue _oracle;
    private NaiveQueue _committed;
    private Random _random = new(0);

    private readonly MatchPolicy _policy;

    /// <param name="coverage">Counts what was met.</param>
    /// <param name="policy">How tasks and agents are matched.</param>
    public ModelRun(SortedDictionary<string, int> coverage, MatchPolicy policy)
    {
        (_coverage, _policy) = (coverage, policy);
        _rig = new EngineRig(new EngineLimits { Requeues = 4 }) { OnChange = change => _changed.Add(change.Task.Id) };
        _oracle = new NaiveQueue { Limits = _rig.Limits, Now = _rig.Now };
        _committed = _oracle.Copy();
        _commands = new ModelCommands(() => _oracle, () => _rig.Now);
    }

    /// <summary>How many commands were carried out.</summary>
    public int Commands { get; private set; }

    /// <summary>Which step is being taken.</summary>
    public int StepIndex { get; private set; }

    /// <summary>What was done, for people to read.</summary>
    public List<string> Log { get; } = [];

    public void Run(IReadOnlyList<int> steps)
    {
        for (StepIndex = 0; StepIndex < steps.Count; StepIndex++) Step(steps[StepIndex], isFirst: StepIndex == 0);
        CompareAll();
    }

    private void Step(int number, bool isFirst)
    {
        _commands.Random = _random = new Random(number);
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
        BeginBatch();
        if (isFirst) Do(_commands.Begin(_policy));
        for (var left = _random.Next(1, 5); left > 0; left--) Do(_commands.Next());
        Commit();
    }

    private void Pass(long ms)
    {
        Log.Add($"tick {ms}ms");
        _rig.Sleep(ms);
        _oracle.Now = _rig.Now;
    }

    private void StepWallClock()
    {
        var ms = _random.Next(-120_000, 120_000) * (_random.Next(20) == 0 ? 1_000L : 1);
        Log.Add($"clock {ms}ms");
        _rig.SetWallClock(ms);
        _oracle.SetWallClock(_rig.Now);
    }

    private void Outage()
    {
        Count("outage");
        Pass(_random.Next(60_000));
        Log.Add("outage ends");
        _rig.Engine.RegrantLeases(_rig.Now);
        _oracle.RegrantLeases();
    }

    /// <summary>The process dies, before or after its last batch was stored; the next one must stand where the records say.</summary>
    private void Restart(string kind, bool losesBatch)
    {
        Count(kind);
        if (losesBatch)
        {
            BeginBatch();
            for (var left = _random.Next(1, 5); left > 0; left--) Do(_commands.Next());
            _oracle = _committed.Copy();
        }
        var downMs = _random.Next(3) == 0 ? _random.Next(90_000) : 0;
        Log.Add($"{kind} down={downMs}ms");
        _rig.Restart(downMs);
        (_oracle.Now, _oracle.Random) = (_rig.Now, _rig.Random);
        _oracle.Reload();
        Adopt();
        CompareAll();
    }

    private void BeginBatch()
    {
        _rig.BeginBatch();
        _oracle.Tick();
        Adopt();
    }

    private void Do(Command command)
    {
        Commands++;
        var verb = Verb(command);
        Log.Add(CommandText.Of(command));
        var expected = _oracle.Do(command);
        var outcome = _rig.ApplyInBatch(command);
        var actual = Say(outcome, verb);
        Log[^1] += $" -> {actual}";
        if (outcome is Outcome.Refused { Refusal.Name: Refusal.CycleDetected }) actual = CheckCycle(command, actual);
        if (!expected.Split(" or ").Contains(actual)) Demand(expected, actual, "The answer");
        Count($"{verb} {Kind(actual, outcome)}");
        if (outcome is Outcome.Claimed claimed) Adopt(claimed, NaiveQueue.LeasesOf(_oracle.Granted));
        if (_random.Next(10) == 0 && outcome is Outcome.Claimed { Grants: [var grant, ..] }) StartLease(grant.Task);
    }

    /// <summary>What times and averages say is not compared; where a page goes on is looked at by itself.</summary>
    private static string Say(Outcome outcome, string verb) => outcome switch
    {
        Outcome.AgentList => Mean.Replace(OutcomeText.Of(outcome, verb), ""),
        Outcome.Page page => OutcomeText.Of(page with { Next = null }, verb),
        Outcome.WhyAnswer why => why.View.Reason,
        Outcome.ScheduleList list => string.Join(' ', list.Schedules.Select(schedule => $"{schedule.Name} made={schedule.Made} last={schedule.LastTaskId ?? "none"}")),
        _ => OutcomeText.Of(outcome, verb),
    };

    private void StartLease(TaskItem task)
    {
        Log.Add($"start {task.Id}");
        _rig.Engine.StartLease(task.Id, task.Lease!.Token, _rig.Now);
        _oracle.StartLease(task.Id, task.Lease.Token);
    }

    /// <summary>Only the engine makes tokens; a lease must keep the one that it first had.</summary>
    private void Adopt(Outcome.Claimed claimed, List<(string TaskId, NaiveLease Lease)> granted)
    {
        foreach (var (view, (id, lease)) in claimed.Grants.Zip(granted))
        {
            var token = view.Task.Lease!.Token;
            if (lease.Token != 0) Demand(lease.Token.ToString(), token.ToString(), $"The token of {id}");
            lease.Token = token;
            _commands.Remember(id, token);
        }
    }

    private void Commit()
    {
        _changed.Clear();
        _rig.Commit();
        _oracle.Commit(Adopt);
        foreach (var id in _changed.Where(_rig.Shelf.Has)) CompareState(id);
        CompareAnswers();
        foreach (var id in _changed.Where(_rig.Shelf.Has)) Compare(id);
        var (rules, engine) = (_oracle.Do(Probe), OutcomeText.Of(_rig.Engine.Apply(Probe, _rig.Now), "probe"));
        if (rules != engine) CompareAll();
        Demand(rules, engine, "A probe between two batches");
        if (_random.Next(50) == 0) CompareAll();
        _committed = _oracle.Copy();
    }

    /// <summary>What the rules leave to the engine.</summary>
    private void Adopt()
    {
        var schedules = Assert.IsType<Outcome.ScheduleList>(_rig.Engine.Apply(new Command.ListSchedules(), _rig.Now)).Schedules;
        foreach (var schedule in schedules) Assert.True(_oracle.Adopt(schedule.Name, schedule.NextUnixMs), $"{schedule.Name} cannot be due at {schedule.NextUnixMs}.");
        var late = _oracle.Retain(id => _rig.Engine.Apply(new Command.GetTask(id), _rig.Now) is Outcome.TaskAnswer);
        Assert.True(late is null, $"{late?.Id} is still kept.");
    }

    private static string CheckCycle(Command command, string text)
    {
        if (command is not Command.SubmitGraph graph) return command is Command.AddChildren ? "refused cycle-detected" : text;
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
        Command.AddChildren { Waits: true } => "children-wait",
        Command.AddChildren => "children",
        Command.Bulk bulk => $"bulk-{bulk.Action}".ToLowerInvariant(),
        _ => command.GetType().Name.ToLowerInvariant(),
    };

    private static string Kind(string text, Outcome outcome) => outcome switch
    {
        Outcome.Claimed claimed => claimed.Grants.IsEmpty ? "none" : "granted",
        Outcome.Refused refused => refused.Refusal.Name,
        Outcome.Rejoined rejoined => rejoined.Standing.IsEmpty ? "none" : rejoined.Standing.Any(grant => grant.CancelRequested) ? "cancel" : "kept",
        Outcome.Extended => text.EndsWith("cancel", StringComparison.Ordinal) ? "cancel" : "extended",
        Outcome.TaskAnswer { DeduplicatedBy: not null } => "deduplicated",
        Outcome.Parked or Outcome.WhyAnswer or Outcome.TaskAnswer or Outcome.Noted => text,
        Outcome.GraphAnswer answer => answer.IsNew ? "new" : "repeat",
        _ => "done",
    };

    [GeneratedRegex(@" mean=\S+")]
    private static partial Regex Mean { get; }
}
