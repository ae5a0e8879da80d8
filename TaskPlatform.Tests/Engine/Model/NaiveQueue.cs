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
    private const long DayMs = 24L * 3_600_000;

    private Dictionary<string, NaiveTask> _tasks = [];
    private Dictionary<string, NaiveGraph> _graphs = [];
    private Dictionary<string, NaiveAgent> _agents = [];
    private Dictionary<string, (UInt128 Fingerprint, string? Target, long Expires)> _keys = [];
    private List<NaiveWait> _waits = [];
    private List<Command.Retry> _parkedRetries = [];
    private List<(string Cause, string TaskId)> _revivals = [];
    private List<(string Cause, string TaskId)> _revivalsLater = [];
    private List<NaiveTask> _ended = [];
    private List<NaiveTask> _leaving = [];
    private QueueSettings _settings = QueueSettings.Default;
    private long _lastOrder;
    private long _lastTicket;
    private long _lastGrant;
    private long _lastEnd;

    public Moment Now { get; set; }

    public double Random { get; set; }

    public required EngineLimits Limits { get; init; }

    /// <summary>Commands that were answered after waiting, with what they came to, and for claims what they got.</summary>
    public List<(Command Command, string Text, List<(string TaskId, NaiveLease Lease)> Grants)> Answers { get; private set; } = [];

    /// <summary>What the last claim got.</summary>
    public List<NaiveTask> Granted { get; private set; } = [];

    /// <summary>All tasks by their place in line.</summary>
    public IEnumerable<NaiveTask> Tasks => _tasks.Values.OrderBy(task => task.Order);

    public IReadOnlyList<NaiveWait> Waits => _waits;

    public int Count => _tasks.Count;

    public NaiveTask? Find(string id) => _tasks.GetValueOrDefault(id);

    public NaiveQueue Copy()
    {
        var copy = (NaiveQueue)MemberwiseClone();
        copy._tasks = _tasks.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        copy._graphs = _graphs.ToDictionary(pair => pair.Key, pair => pair.Value with { });
        copy._agents = _agents.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        copy._keys = new(_keys);
        copy._tombstones = new(_tombstones);
        copy._unique = new(_unique);
        copy._rates = _rates.ToDictionary(pair => pair.Key, pair => pair.Value.ToList());
        copy._budgets = new(_budgets);
        copy._schedules = new(_schedules);
        copy._operations = _operations.ToDictionary(pair => pair.Key, pair => pair.Value with { });
        copy._had = new(_had);
        copy._held = new(_held);
        copy._waits = [.. _waits];
        (copy._parkedRetries, copy._revivals, copy._revivalsLater) = ([], [], []);
        (copy._ended, copy._leaving) = ([], []);
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

    /// <summary>What has become of a request that was carried out before; null where carrying it out again is right.</summary>
    private string? Again(Command command, string? target) => command switch
    {
        Command.Submit or Command.Cancel when _tombstones.ContainsKey(target!) => NoTask(target!),
        Command.Submit when _tasks.TryGetValue(target!, out var task) => $"{Words.Of(task.State)} repeat",
        Command.Cancel when _tasks.TryGetValue(target!, out var task) => Words.Of(task.State),
        Command.Retry or Command.Answer => _tasks.TryGetValue(target!, out var task) ? Words.Of(task.State) : NoTask(target!),
        Command.SubmitGraph when _graphs.ContainsKey(target!) => $"{Members(target!)} repeat",
        Command.CancelGraph when _graphs.ContainsKey(target!) => Members(target!),
        Command.Claim claim => Ids(Granted = Standing(claim)),
        Command.Bulk when _operations.TryGetValue(target!, out var operation) => Describe(operation),
        Command.DrainAgent drain => _agents.TryGetValue(drain.AgentId, out var agent) ? Describe(drain.AgentId, agent) : null,
        Command.Pause or Command.Resume => Describe(),
        _ => null,
    };

    private void Remember(Command command, string text)
    {
        if (command.Key is not { } key || _keys.ContainsKey(key.Key) || text.StartsWith("refused", StringComparison.Ordinal)) return;
        if (text is "waits" || (command is Command.Claim && text is "none")) return;
        _keys[key.Key] = (key.Fingerprint, TargetOf(command, text), Now.UnixMs + DayMs);
    }

    private string? TargetOf(Command command, string text) => command switch
    {
        Command.Submit submit => text.Split(" of ") is [_, var winner] ? winner : submit.Task.Id,
        Command.SubmitGraph submit => _graphs.ContainsKey(submit.GraphId) ? submit.GraphId : _tasks[submit.Tasks[0].Id].GraphId,
        Command.Cancel cancel => cancel.TaskId,
        Command.Retry retry => retry.TaskId,
        Command.Answer answer => answer.TaskId,
        Command.CancelGraph cancel => cancel.GraphId,
        Command.Bulk bulk => bulk.OperationId,
        _ => null,
    };

    private string Dispatch(Command command) => command switch
    {
        Command.Submit submit => Submit(submit.Task),
        Command.SubmitGraph submit => SubmitGraph(submit),
        Command.Claim claim => Claim(claim),
        Command.AbandonClaim abandon => Say(() => _waits.RemoveAll(wait => ReferenceEquals(wait.Claim, abandon.Waiting))),
        Command.Ungrant ungrant => Ungrant(ungrant),
        Command.Rejoin rejoin => Rejoin(rejoin),
        Command.Heartbeat heartbeat => Heartbeat(heartbeat),
        Command.Complete complete => Complete(complete),
        Command.Fail fail => Fail(fail),
        Command.Release release => Release(release),
        Command.AddChildren add => AddChildren(add),
        Command.Ask ask => Ask(ask),
        Command.Answer answer => Answer(answer),
        Command.Cancel cancel => Cancel(cancel),
        Command.CancelGraph cancel => CancelGraph(cancel),
        Command.Retry retry => Retry(retry),
        Command.Patch patch => Patch(patch),
        Command.Delete delete => Delete(delete),
        Command.Bulk bulk => Bulk(bulk),
        Command.GetOperation get => _operations.TryGetValue(get.OperationId, out var operation) ? Describe(operation) : "refused operation-not-found",
        Command.PutSchedule put => PutSchedule(put),
        Command.DeleteSchedule delete => _schedules.Remove(delete.Name) ? "done" : "refused schedule-not-found",
        Command.ListSchedules => DescribeSchedules(),
        Command.RegisterAgent register => Register(register),
        Command.DrainAgent drain => Drain(drain),
        Command.RemoveAgent remove => Remove(remove),
        Command.Configure configure => Set(Changed(configure.Change)),
        Command.Pause pause => Set(_settings with { Paused = _settings.Paused || pause.Types.IsEmpty, PausedTypes = _settings.PausedTypes.Union(pause.Types) }),
        Command.Resume resume => Set(Resumed(resume)),
        Command.GetTask get => _tasks.TryGetValue(get.TaskId, out var task) ? Words.Of(task.State) : NoTask(get.TaskId),
        Command.Why why => Why(why),
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

    private string NoTask(string id) => _tombstones.ContainsKey(id) ? $"refused task-purged {id}" : $"refused task-not-found {id}";
}
