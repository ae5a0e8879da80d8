using System.Globalization;
using TaskPlatform.Engine;

namespace TaskPlatform.Benchmarks.Coordination;

/// <summary>What goes wrong beside attempts that fail as the table of the agents says.</summary>
/// <param name="FailingShare">The share of attempts that fail, whatever the agent; null: as the table says.</param>
/// <param name="DeathsAnHour">Agents that die without a word, and come back <see cref="Simulation.DeadMs"/> later.</param>
internal sealed record Faults(double? FailingShare, int DeathsAnHour)
{
    public static readonly Faults None = new(null, 0);
}

/// <summary>Discrete events around the real engine with its real policies: tasks arrive, agents wait, work, fail, die and come back.</summary>
internal sealed class Simulation
{
    /// <summary>How long a dead agent is away, in milliseconds.</summary>
    public const long DeadMs = 300_000;

    private const long HourMs = 3_600_000;
    private const long HeartbeatMs = 10_000;
    private const long LeaseMs = 30_000;
    private const long StartUnixMs = 1_700_000_000_000;

    private readonly Workload _workload;
    private readonly Faults _faults;
    private readonly TaskEngine _engine;
    private readonly RunFigures _figures;
    private readonly PriorityQueue<Action, (long Ms, int Order)> _events = new();
    private readonly int[] _lives = new int[AgentKinds.Count]; // even: alive
    private readonly int[] _attempts;
    private long _nowMs;
    private int _order;
    private int _over;
    private UInt128 _lastToken;

    public Simulation(Workload workload, MatchPolicy policy, Faults faults, int seed)
    {
        (_workload, _faults) = (workload, faults);
        var random = new Random(seed);
        _engine = new TaskEngine(new EngineLimits(), () => ++_lastToken, random.NextDouble, (_, _) => null);
        _figures = new RunFigures(workload.Tasks.Length);
        _attempts = new int[workload.Tasks.Length];
        Apply(new Command.Configure(new SettingsChange { Policy = policy }));
        for (var agent = 0; agent < AgentKinds.Count; agent++) Apply(new Command.RegisterAgent(Name(agent), [.. Workload.Types], 1, AgentKinds.Of(agent).Speed));
        for (var agent = 0; agent < AgentKinds.Count; agent++) Wait(agent);
        for (var task = 0; task < workload.Tasks.Length; task++)
        {
            var arrived = task;
            At(workload.Tasks[task].ArrivalMs, () => Submit(arrived));
        }
        for (var hour = 0L; hour <= workload.Tasks[^1].ArrivalMs / HourMs; hour++) PlanDeaths(hour, random);
    }

    private Moment Now => new(1_000 + _nowMs, StartUnixMs + _nowMs);

    public RunFigures Run()
    {
        while (_over < _workload.Tasks.Length)
        {
            var due = _engine.NextDeadline;
            var engineMs = Math.Min(due.TickMs == Moment.Never ? long.MaxValue : due.TickMs - 1_000, due.UnixMs == Moment.Never ? long.MaxValue : due.UnixMs - StartUnixMs);
            var nextMs = _events.TryPeek(out _, out var at) ? Math.Min(at.Ms, engineMs) : engineMs;
            if (nextMs == long.MaxValue) throw new InvalidOperationException($"Nothing is due, and {_workload.Tasks.Length - _over} tasks are not over.");
            _nowMs = Math.Max(_nowMs, nextMs);
            _engine.Tick(Now);
            while (_events.TryPeek(out _, out var next) && next.Ms <= _nowMs) _events.Dequeue()();
            EndBatch();
        }
        return _figures;
    }

    /// <summary>What the owner does after each batch, but for the store.</summary>
    private void EndBatch()
    {
        do _engine.Advance(Now);
        while (_engine.HasWork);
        foreach (var change in _engine.TakeChanges().Tasks) _engine.Unload(change.Task);
        foreach (var happened in _engine.TakeEvents()) Hear(happened);
        foreach (var (command, answer) in _engine.TakeAnswers())
        {
            if (command is Command.Claim claim && answer is Outcome.Claimed { Grants.IsEmpty: true } && IsAlive(Agent(claim.AgentId))) At(_nowMs, () => Wait(Agent(claim.AgentId)));
        }
    }

    private void Hear(in TaskEvent happened)
    {
        if (happened.Kind == TaskEvent.Claimed) Begin(Number(happened.Task.Id), Agent(happened.AgentId!), happened.Lease!.Token);
        else if (happened.Kind == TaskEvent.Completed) _figures.Completed(_workload.Tasks[Number(happened.Task.Id)], _nowMs);
        if (happened.Kind is TaskEvent.Completed or TaskEvent.Failed) _over++;
    }

    private void Begin(int task, int agent, UInt128 token)
    {
        var ends = _nowMs + _workload.Tasks[task].Ms(AgentKinds.Of(agent));
        var life = _lives[agent];
        if (_faults.DeathsAnHour > 0)
        {
            for (var beat = _nowMs + HeartbeatMs; beat < ends; beat += HeartbeatMs) At(beat, () => Beat(task, agent, life, token));
        }
        At(ends, () => End(task, agent, life, token));
    }

    private void Beat(int task, int agent, int life, UInt128 token)
    {
        if (_lives[agent] == life) Apply(new Command.Heartbeat($"{task}", token, null, null, null, null));
    }

    private void End(int task, int agent, int life, UInt128 token)
    {
        if (_lives[agent] != life) return;
        var succeeds = _workload.Luck(task, ++_attempts[task]) < (1 - _faults.FailingShare ?? AgentKinds.Of(agent).Success[_workload.Tasks[task].Type]);
        Apply(succeeds
            ? new Command.Complete($"{task}", token, null, null, null) { IsBrief = true }
            : new Command.Fail($"{task}", token, new TaskError("failed", "The attempt failed.", Retryable: true), null));
        Wait(agent);
    }

    private void PlanDeaths(long hour, Random random)
    {
        foreach (var agent in Enumerable.Range(0, AgentKinds.Count).OrderBy(_ => random.Next()).Take(_faults.DeathsAnHour))
        {
            At(hour * HourMs + random.NextInt64(HourMs), () => Die(agent));
        }
    }

    /// <summary>The process is gone with its claim or its task: the queue hears nothing more of it, and then of another with its name.</summary>
    private void Die(int agent)
    {
        if (!IsAlive(agent)) return;
        _lives[agent]++;
        if (_waiting.Remove(agent, out var waiting)) Apply(new Command.AbandonClaim(waiting));
        At(_nowMs + DeadMs, () =>
        {
            _lives[agent]++;
            Wait(agent);
        });
    }

    private readonly Dictionary<int, Command.Claim> _waiting = [];

    private void Wait(int agent)
    {
        if (!IsAlive(agent)) return;
        var claim = new Command.Claim(Name(agent), null, null, 1, WaitMs: 60_000, _faults.DeathsAnHour > 0 ? LeaseMs : HourMs, null);
        if (Apply(claim) is Outcome.Parked) _waiting[agent] = claim;
        else _waiting.Remove(agent);
    }

    private void Submit(int task)
    {
        var (_, type, _, priority) = _workload.Tasks[task];
        Apply(new Command.Submit(new TaskSubmission { Id = $"{task}", Type = Workload.Types[type], Priority = priority, Body = new TaskBody() }) { IsBrief = true });
    }

    private Outcome Apply(Command command)
    {
        var outcome = _engine.Apply(command, Now);
        return outcome is Outcome.Refused { Refusal: var refusal } ? throw new InvalidOperationException($"{command}: {refusal.Detail}") : outcome;
    }

    private void At(long ms, Action happens) => _events.Enqueue(happens, (ms, _order++));

    private bool IsAlive(int agent) => _lives[agent] % 2 == 0;

    private static int Number(string task) => int.Parse(task, CultureInfo.InvariantCulture);

    private static string Name(int agent) => $"{AgentKinds.Of(agent).Name}-{agent}";

    private static int Agent(string name) => int.Parse(name.AsSpan(name.IndexOf('-', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
}
