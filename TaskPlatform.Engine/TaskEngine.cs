using System.Collections.Immutable;
using System.Diagnostics;

namespace TaskPlatform.Engine;

/// <summary>
/// The rules of one queue. Single-threaded and pure: time, ids and random numbers are handed in, memory changes, and what changed is handed
/// out to be stored. The owner calls, in this order and once per batch: <see cref="Tick"/>, <see cref="Apply"/> for each command,
/// <see cref="Advance"/>, then <see cref="TakeChanges"/>, <see cref="TakeEvents"/> and <see cref="TakeAnswers"/>.
/// </summary>
/// <param name="limits">What may grow how far.</param>
/// <param name="newToken">Makes lease tokens: 128 random bits, never 0.</param>
/// <param name="random">Makes numbers in [0, 1), for jitter.</param>
[DebuggerDisplay("{_tasks.Count} tasks, {UnfinishedCount} unfinished")]
public sealed partial class TaskEngine(EngineLimits limits, Func<UInt128> newToken, Func<double> random)
{
    private readonly Dictionary<string, TaskItem> _tasks = [];
    private readonly List<TaskItem> _byOrder = [];
    private readonly Dictionary<string, GraphItem> _graphs = [];
    private readonly Dictionary<string, AgentItem> _agents = [];
    private readonly int[] _counts = new int[TaskStates.Count];
    private readonly List<TaskItem> _dirtyTasks = [];
    private readonly List<AgentItem> _dirtyAgents = [];
    private readonly List<GraphItem> _dirtyGraphs = [];
    private List<TaskEvent> _events = [];
    private AttemptRecord? _endedAttempt; // what the verb that runs has ended, until it tells of it
    private bool _settingsAreDirty;
    private long _lastOrder;

    /// <summary>What is set on the queue.</summary>
    public QueueSettings Settings { get; private set; } = QueueSettings.Default;

    /// <summary>How many tasks are in each state, by the state's number.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>Tasks that are not over.</summary>
    public int UnfinishedCount
        => _tasks.Count - _counts[(int)TaskState.Completed] - _counts[(int)TaskState.Failed] - _counts[(int)TaskState.Cancelled];

    /// <summary>Carries out one command. Memory has changed when this returns, and only if the outcome is no refusal.</summary>
    public Outcome Apply(Command command, Moment now)
    {
        if (Known(command) is { } known)
        {
            if (Mismatch(command, known) is { } mismatch) return new Outcome.Refused(mismatch);
            if (AnswerAgain(command, known, now) is { } again) return again;
        }
        else if (RefuseKey(command) is { } refused) return refused;
        var outcome = Dispatch(command, now);
        Remember(command, outcome, now);
        return outcome;
    }

    private Outcome Dispatch(Command command, Moment now) => command switch
    {
        Command.Submit submit => Submit(submit, now),
        Command.SubmitGraph submit => SubmitGraph(submit, now),
        Command.Claim claim => Claim(claim, now),
        Command.AbandonClaim abandon => AbandonClaim(abandon),
        Command.Ungrant ungrant => Ungrant(ungrant, now),
        Command.Heartbeat heartbeat => Heartbeat(heartbeat, now),
        Command.Complete complete => Complete(complete, now),
        Command.Fail fail => Fail(fail, now),
        Command.Release release => Release(release, now),
        Command.Cancel cancel => Cancel(cancel, now),
        Command.CancelGraph cancel => CancelGraph(cancel, now),
        Command.RegisterAgent register => RegisterAgent(register, now),
        Command.DrainAgent drain => DrainAgent(drain),
        Command.Configure configure => Configure(configure),
        Command.Pause pause => Pause(pause),
        Command.Resume resume => Resume(resume),
        Command.GetTask get => GetTask(get),
        Command.GetGraph get => GetGraph(get, now),
        Command.ListTasks list => ListTasks(list),
        Command.ListAgents => ListAgents(),
        Command.GetQueue => GetQueue(),
        Command.GetFigures get => GetFigures(get),
        Command.Probe => Probe(now),
        _ => throw new UnreachableException($"No rule for {command.GetType().Name}."),
    };

    /// <summary>
    /// Goes on with what the commands set off, up to <see cref="EngineLimits.StepTasks"/> tasks: cascades, then claims that wait and may now be
    /// answered. To be called again while <see cref="HasWork"/>.
    /// </summary>
    public void Advance(Moment now)
    {
        RunWork(now);
        AnswerWaitingClaims(now);
    }

    /// <summary>What is to be stored. Each changed task stands here once, in its final state.</summary>
    public EngineChanges TakeChanges()
    {
        var changes = new EngineChanges(
            _dirtyTasks.ConvertAll(Clean), _dirtyAgents.ConvertAll(Clean), _dirtyGraphs.ConvertAll(Clean), TakeNewKeys(), TakeForgottenKeys(),
            _settingsAreDirty ? Settings : null);
        _dirtyTasks.Clear();
        _dirtyAgents.Clear();
        _dirtyGraphs.Clear();
        _settingsAreDirty = false;
        return changes;
    }

    /// <summary>What is to be told once it is stored, in the order in which it happened.</summary>
    public IReadOnlyList<TaskEvent> TakeEvents()
    {
        if (_events.Count == 0) return [];
        var events = _events;
        _events = [];
        return events;
    }

    private static TaskChange Clean(TaskItem task)
    {
        var change = new TaskChange(task, task.BodyIsDirty, task.ResultIsDirty);
        task.IsDirty = task.BodyIsDirty = task.ResultIsDirty = false;
        return change;
    }

    private static AgentItem Clean(AgentItem agent)
    {
        agent.IsDirty = false;
        return agent;
    }

    private static GraphItem Clean(GraphItem graph)
    {
        graph.IsDirty = false;
        return graph;
    }

    private void MarkDirty(TaskItem task)
    {
        if (task.IsDirty) return;
        task.IsDirty = true;
        _dirtyTasks.Add(task);
    }

    private void MarkDirty(AgentItem agent)
    {
        if (agent.IsDirty) return;
        agent.IsDirty = true;
        _dirtyAgents.Add(agent);
    }

    private void MarkDirty(GraphItem graph)
    {
        if (graph.IsDirty) return;
        graph.IsDirty = true;
        _dirtyGraphs.Add(graph);
    }

    private void Tell(string kind, TaskItem task)
    {
        _events.Add(new TaskEvent(kind, task.Snapshot(), task.AssignedAgent, _endedAttempt));
        _endedAttempt = null;
    }

    private static Outcome Refuse(string name, string detail, params ReadOnlySpan<string> ids) => new Outcome.Refused(Refusal.Of(name, detail, ids));

    /// <summary>The one place where a task changes its state: leaves the index of the old one, enters that of the new one.</summary>
    private void Move(TaskItem task, TaskState to, Moment now)
    {
        Leave(task);
        Count(task, -1);
        task.State = to;
        Count(task, +1);
        Enter(task, now);
        MarkDirty(task);
    }

    private static void Leave(TaskItem task)
    {
        if (task.State == TaskState.Pending) task.Lane!.Remove(task);
    }

    private void Enter(TaskItem task, Moment now)
    {
        if (task.State == TaskState.Pending) EnterLane(task);
        SetTimers(task, now);
    }
}
