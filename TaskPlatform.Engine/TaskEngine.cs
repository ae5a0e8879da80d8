using System.Diagnostics;

namespace TaskPlatform.Engine;

/// <summary>
/// The rules of one queue. Single-threaded and pure: time, ids and random numbers are handed in, memory changes, and what changed is handed
/// out to be stored. The owner calls, in this order and once per batch: <see cref="Tick"/>, <see cref="Apply"/> for each command,
/// <see cref="Advance"/>, then <see cref="TakeChanges"/>, <see cref="TakeEvents"/>, <see cref="TakeAnswers"/> and <see cref="TakeWanted"/>.
/// </summary>
/// <param name="limits">What may grow how far.</param>
/// <param name="newToken">Makes lease tokens: 128 random bits, never 0.</param>
/// <param name="random">Makes numbers in [0, 1), for jitter.</param>
/// <param name="nextOccurrence">The next time of a schedule strictly after one in Unix milliseconds; null when there is none.</param>
[DebuggerDisplay("{_tasks.Count} tasks, {UnfinishedCount} unfinished")]
public sealed partial class TaskEngine(
    EngineLimits limits, Func<UInt128> newToken, Func<double> random, Func<ScheduleSpec, long, long?> nextOccurrence)
{
    private readonly Dictionary<string, TaskItem> _tasks = [];
    private readonly TaskTable _table = new();
    private readonly Dictionary<string, GraphItem> _graphs = [];
    private readonly Dictionary<string, AgentItem> _agents = [];
    private readonly int[] _counts = new int[TaskStates.Count];
    private AttemptRecord? _endedAttempt; // what the verb that runs has ended, until it tells of it
    private bool _isBrief;
    private long _lastOrder;

    /// <summary>What is set on the queue.</summary>
    public QueueSettings Settings { get; private set; } = QueueSettings.Default;

    /// <summary>How many tasks are in each state, by the state's number.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>Tasks that are over and not deleted.</summary>
    public int FinishedCount => _counts[(int)TaskState.Completed] + _counts[(int)TaskState.Failed] + _counts[(int)TaskState.Cancelled];

    /// <summary>Tasks that are not over.</summary>
    public int UnfinishedCount => _tasks.Count - FinishedCount;

    /// <summary>Carries out one command. Memory has changed when this returns, and only if the outcome is no refusal.</summary>
    public Outcome Apply(Command command, Moment now)
    {
        _isBrief = command.IsBrief;
        if (command.Key is null) return Dispatch(command, now);
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
        Command.AbandonClaim abandon => AbandonClaim(abandon, now),
        Command.Ungrant ungrant => Ungrant(ungrant, now),
        Command.Rejoin rejoin => Rejoin(rejoin, now),
        Command.Heartbeat heartbeat => Heartbeat(heartbeat, now),
        Command.Complete complete => Complete(complete, now),
        Command.Fail fail => Fail(fail, now),
        Command.Release release => Release(release, now),
        Command.AddChildren add => AddChildren(add, now),
        Command.Ask ask => Ask(ask, now),
        Command.Answer answer => TakeAnswer(answer, now),
        Command.Cancel cancel => Cancel(cancel, now),
        Command.CancelGraph cancel => CancelGraph(cancel, now),
        Command.Retry retry => Retry(retry, now),
        Command.Patch patch => Patch(patch, now),
        Command.Delete delete => Delete(delete, now),
        Command.Bring bring => Bring(bring, now),
        _ => DispatchForOperators(command, now),
    };

    private Outcome DispatchForOperators(Command command, Moment now) => command switch
    {
        Command.Bulk bulk => Bulk(bulk, now),
        Command.GetOperation get => GetOperation(get),
        Command.PutSchedule put => PutSchedule(put, now),
        Command.DeleteSchedule delete => DeleteSchedule(delete),
        Command.PutRoute put => PutRoute(put, now),
        Command.DeleteRoute delete => DeleteRoute(delete),
        Command.GetRoute get => GetRoute(get),
        Command.ListRoutes => ListRoutes(),
        Command.GetSchedule get => GetSchedule(get),
        Command.ListSchedules => ListSchedules(),
        Command.RegisterAgent register => RegisterAgent(register, now),
        Command.DrainAgent drain => DrainAgent(drain, now),
        Command.RemoveAgent remove => RemoveAgent(remove, now),
        Command.Configure configure => Configure(configure, now),
        Command.Pause pause => Pause(pause),
        Command.Resume resume => Resume(resume),
        Command.GetTask get => GetTask(get),
        Command.GetGraph get => GetGraph(get, now),
        Command.ListTasks list => ListTasks(list),
        Command.Why why => Why(why, now),
        Command.ListAgents => ListAgents(),
        Command.GetQueue => GetQueue(),
        Command.GetFigures get => GetFigures(get, now),
        Command.GetLoad => new Outcome.LoadAnswer(LookAtLoad(now)),
        Command.Probe => Probe(now),
        _ => throw new UnreachableException($"No rule for {command.GetType().Name}."),
    };

    /// <summary>
    /// Goes on with what the commands set off, up to <see cref="EngineLimits.StepTasks"/> tasks: cascades, revivals, bulk operations; then claims that wait
    /// and may now be answered. To be called again while <see cref="HasWork"/>.
    /// </summary>
    public void Advance(Moment now)
    {
        LookAtRoutes(now);
        RunWork(now);
        AnswerWaitingClaims(now);
    }

    private static Outcome Refuse(string name, string detail, params ReadOnlySpan<string> ids) => new Outcome.Refused(Refusal.Of(name, detail, ids));

    /// <summary>The one place where a task changes its state: leaves the index of the old one, enters that of the new one.</summary>
    private void Move(TaskItem task, TaskState to, Moment now)
    {
        if (task.State == TaskState.Pending) LeaveLane(task);
        Count(task, -1);
        task.State = to;
        Count(task, +1);
        _table.SetState(task);
        Enter(task, now);
        MarkDirty(task);
    }

    private void Enter(TaskItem task, Moment now)
    {
        if (task.State == TaskState.Pending) EnterLane(task, now);
        SetTimers(task, now);
    }
}
