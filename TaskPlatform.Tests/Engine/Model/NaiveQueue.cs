using System.Globalization;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>
/// The contract's rules again, as simply as they can be said: no index, every question answered by looking at everything. The engine must
/// come to the same.
/// </summary>
internal sealed partial class NaiveQueue
{
    private const int Regrants = 3;
    private const long GraceMs = 10_000;
    private const long KeyMs = 24L * 3_600_000;

    private Dictionary<string, NaiveTask> _tasks = [];
    private Dictionary<string, NaiveGraph> _graphs = [];
    private Dictionary<string, NaiveAgent> _agents = [];
    private Dictionary<string, (UInt128 Fingerprint, string? Target, long Expires)> _keys = [];
    private List<NaiveWait> _waits = [];
    private List<NaiveTask> _ended = [];
    private HashSet<string> _pausedTypes = [];
    private bool _isPaused;
    private long _ageingMs = 600_000;
    private long _lastOrder;
    private long _lastTicket;
    private long _lastGrant;

    public Moment Now { get; set; }

    public double Random { get; set; }

    public required EngineLimits Limits { get; init; }

    /// <summary>Claims that were answered after waiting, with what they got.</summary>
    public List<(Command.Claim Claim, List<NaiveTask> Tasks)> Answers { get; private set; } = [];

    /// <summary>What the last claim got.</summary>
    public List<NaiveTask> Granted { get; private set; } = [];

    public IEnumerable<NaiveTask> Tasks => _tasks.Values.OrderBy(task => task.Order);

    public IReadOnlyList<NaiveWait> Waits => _waits;

    public int Count => _tasks.Count;

    public NaiveTask Task(string id) => _tasks[id];

    public NaiveQueue Copy()
    {
        var copy = (NaiveQueue)MemberwiseClone();
        copy._tasks = _tasks.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        copy._graphs = _graphs.ToDictionary(pair => pair.Key, pair => pair.Value with { });
        copy._agents = _agents.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        copy._keys = new(_keys);
        copy._waits = [.. _waits];
        copy._ended = [];
        copy._pausedTypes = [.. _pausedTypes];
        copy.Answers = [];
        return copy;
    }

    /// <summary>Carries out a command.</summary>
    /// <returns>What <see cref="OutcomeText"/> says of the engine's outcome.</returns>
    public string Do(Command command)
    {
        Granted = [];
        if (command.Key is { } key && _keys.TryGetValue(key.Key, out var known))
        {
            if (known.Fingerprint != key.Fingerprint) return "refused idempotency-mismatch";
            if (Again(command, known.Target) is { } again) return again;
        }
        var text = Dispatch(command);
        Remember(command, text);
        return text;
    }

    private string? Again(Command command, string? target) => command switch
    {
        Command.Submit => $"{Words.Of(_tasks[target!].State)} repeat",
        Command.Cancel => Words.Of(_tasks[target!].State),
        Command.SubmitGraph => $"{Members(_graphs[target!])} repeat",
        Command.CancelGraph => Members(_graphs[target!]),
        Command.Claim claim => Ids(Granted = Standing(claim)),
        Command.DrainAgent drain => _agents.TryGetValue(drain.AgentId, out var agent) ? Describe(drain.AgentId, agent) : null,
        Command.Pause or Command.Resume => Describe(),
        _ => null,
    };

    private void Remember(Command command, string text)
    {
        if (command.Key is not { } key || _keys.ContainsKey(key.Key) || text.StartsWith("refused", StringComparison.Ordinal)) return;
        if (command is Command.Claim && text is "waits" or "none") return;
        _keys[key.Key] = (key.Fingerprint, TargetOf(command), Now.UnixMs + KeyMs);
    }

    private string? TargetOf(Command command) => command switch
    {
        Command.Submit submit => submit.Task.Id,
        Command.SubmitGraph submit => _graphs.ContainsKey(submit.GraphId) ? submit.GraphId : _tasks[submit.Tasks[0].Id].GraphId,
        Command.Heartbeat or Command.Claim => null,
        Command.Complete complete => complete.TaskId,
        Command.Cancel cancel => cancel.TaskId,
        Command.CancelGraph cancel => cancel.GraphId,
        _ => null,
    };

    private string Dispatch(Command command) => command switch
    {
        Command.Submit submit => Submit(submit.Task),
        Command.SubmitGraph submit => SubmitGraph(submit),
        Command.Claim claim => Claim(claim),
        Command.AbandonClaim abandon => Say(() => _waits.RemoveAll(wait => ReferenceEquals(wait.Claim, abandon.Waiting))),
        Command.Ungrant ungrant => Ungrant(ungrant),
        Command.Heartbeat heartbeat => Heartbeat(heartbeat),
        Command.Complete complete => Complete(complete),
        Command.Fail fail => Fail(fail),
        Command.Release release => Release(release),
        Command.Cancel cancel => Cancel(cancel),
        Command.CancelGraph cancel => CancelGraph(cancel),
        Command.RegisterAgent register => Register(register),
        Command.DrainAgent drain => Drain(drain),
        Command.Configure configure => Set(() => _ageingMs = configure.AgeingMs ?? _ageingMs),
        Command.Pause pause => Set(() => _ = pause.Types.IsEmpty ? _isPaused = true : Add(pause.Types)),
        Command.Resume resume => Set(() => Resume(resume)),
        Command.GetTask get => _tasks.TryGetValue(get.TaskId, out var task) ? Words.Of(task.State) : $"refused task-not-found {get.TaskId}",
        Command.GetQueue => Describe(),
        Command.Probe => Probe(),
        Command.ListTasks list => List(list),
        _ => throw new NotSupportedException(command.ToString()),
    };

    private static string Say(Action action)
    {
        action();
        return "done";
    }

    private string Set(Action change)
    {
        change();
        return Describe();
    }

    private bool Add(IEnumerable<string> types)
    {
        _pausedTypes.UnionWith(types);
        return true;
    }

    private void Resume(Command.Resume resume)
    {
        if (resume.Types.IsEmpty) (_isPaused, _pausedTypes) = (false, []);
        else _pausedTypes.ExceptWith(resume.Types);
    }

    private string Register(Command.RegisterAgent register)
    {
        var agent = Agent(register.AgentId);
        (agent.IsRegistered, agent.IsDraining, agent.IsStored) = (true, false, true);
        (agent.Capabilities, agent.MaxConcurrency) = ([.. register.Capabilities], register.MaxConcurrency);
        return Describe(register.AgentId, agent);
    }

    private string Drain(Command.DrainAgent drain)
    {
        if (!_agents.TryGetValue(drain.AgentId, out var agent)) return "refused agent-not-found";
        (agent.IsDraining, agent.IsStored) = (true, true);
        return Describe(drain.AgentId, agent);
    }

    private NaiveAgent Agent(string id)
    {
        if (!_agents.TryGetValue(id, out var agent)) _agents.Add(id, agent = new NaiveAgent());
        return agent;
    }

    private string List(Command.ListTasks list)
    {
        var found = Tasks.Reverse().Where(task => task.Order < list.Before && (list.Filter.State is null || task.State == list.Filter.State)).ToList();
        var page = found.Take(list.Limit).ToList();
        var isLast = page.Count < list.Limit || page[^1].Order == 1;
        return OutcomeText.Join(string.Join(' ', page.Select(task => task.Id)), isLast ? "" : $"next={page[^1].Order}");
    }

    /// <summary>No grant is ever missed.</summary>
    private string Probe()
    {
        AnswerWaits();
        return OutcomeText.Join(DescribeCounts(), $"waiting={_waits.Count} busy={_tasks.Values.Count(task => task.Lease is not null)}");
    }

    private string DescribeCounts()
        => string.Join(' ', _tasks.Values.GroupBy(task => task.State).OrderBy(group => group.Key).Select(group => $"{Words.Of(group.Key)}={group.Count()}"));

    private string Describe() => OutcomeText.Join(
        DescribeCounts(),
        _isPaused ? "paused" : "",
        _pausedTypes.Count == 0 ? "" : $"paused={string.Join(',', _pausedTypes.Order(StringComparer.Ordinal))}");

    private string Describe(string id, NaiveAgent agent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{id} load={_tasks.Values.Count(task => task.Lease?.Agent == id)} rate={agent.SuccessRate:0.###} total={agent.Total}{(agent.IsDraining ? " draining" : "")}");

    private string Members(NaiveGraph graph) => string.Join(' ', graph.Tasks.Select(id => $"{id}={Words.Of(_tasks[id].State)}"));

    private static string Ids(List<NaiveTask> tasks) => tasks.Count == 0 ? "none" : string.Join(' ', tasks.Select(task => task.Id));
}
