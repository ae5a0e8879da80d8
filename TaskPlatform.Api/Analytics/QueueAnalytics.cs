using TaskPlatform.Engine;

namespace TaskPlatform.Api.Analytics;

/// <summary>
/// What a queue has done: the step of five minutes that runs, and those of the last day. The owner writes, on its loop; anybody may read. Takes the same
/// memory however many tasks and agents there are.
/// </summary>
internal sealed class QueueAnalytics(string queue)
{
    private const long DayMs = AnalyticsStep.OfADay * AnalyticsStep.LengthMs;

    private readonly Lock _lock = new();
    private readonly AnalyticsStep?[] _ended = new AnalyticsStep?[AnalyticsStep.Kept];
    private readonly DurationHistogram _queueTime = new();
    private readonly DurationHistogram _completionTime = new();
    private readonly DurationHistogram _assignmentLatency = new();

    /// <summary>What an earlier owner, or this one before somebody set the clock back, left of the step that runs.</summary>
    private AnalyticsStep? _before;
    private long _startUnixMs;
    private long _startTick;
    private int _stepsEnded;
    private long _completed;
    private long _failed;
    private long _attemptsCompleted;
    private long _attemptsFailed;
    private long _coordinationUs;

    /// <summary>The step that ended last; null before the first.</summary>
    public AnalyticsStep? Last { get; private set; }

    /// <summary>Takes a stored step in; all of them before <see cref="Begin"/>.</summary>
    public void Load(AnalyticsStep step) => _ended[step.Place] = step;

    /// <summary>Begins the step that the moment lies in, or goes on with what there is of it.</summary>
    public void Begin(Moment now)
    {
        (_startUnixMs, _startTick) = (AnalyticsStep.StartOf(now.UnixMs), now.TickMs);
        _before = _ended[AnalyticsStep.PlaceOf(_startUnixMs)] is { } kept && kept.StartUnixMs == _startUnixMs ? kept : null;
    }

    /// <summary>Whether the step that runs is over at this time, or, the clock having been set back, not begun.</summary>
    public bool IsOver(long unixMs) => unixMs < _startUnixMs || unixMs >= _startUnixMs + AnalyticsStep.LengthMs;

    /// <summary>How long it goes on, in milliseconds.</summary>
    public long UntilOver(long unixMs) => Math.Max(0, _startUnixMs + AnalyticsStep.LengthMs - unixMs);

    /// <summary>Takes in what happened to tasks, once it was stored.</summary>
    public void Happened(IReadOnlyList<TaskEvent> events)
    {
        if (events.Count == 0) return;
        lock (_lock)
        {
            for (var index = 0; index < events.Count; index++) Take(events[index]);
        }
    }

    /// <summary>A grant was committed.</summary>
    /// <param name="micros">How long after its task and its agent were there, in microseconds.</param>
    public void Granted(long micros)
    {
        lock (_lock) _assignmentLatency.Record(micros);
        AnalyticsMetrics.Assigned(queue, micros);
    }

    /// <summary>Commands took so long in the mailbox and on their commits.</summary>
    /// <param name="micros">In microseconds.</param>
    public void Coordinated(long micros)
    {
        lock (_lock) _coordinationUs += micros;
    }

    /// <summary>Ends the step that runs and begins the next.</summary>
    /// <param name="load">How busy the queue was in it, to its end.</param>
    public AnalyticsStep End(QueueLoad load)
    {
        lock (_lock)
        {
            var step = Running(load, load.At);
            Last = _ended[step.Place] = step;
            (_completed, _failed, _attemptsCompleted, _attemptsFailed, _coordinationUs) = (0, 0, 0, 0, 0);
            _queueTime.Clear();
            _completionTime.Clear();
            _assignmentLatency.Clear();
            _stepsEnded++;
            Begin(load.At);
            return step;
        }
    }

    /// <summary>What was measured lately.</summary>
    /// <param name="load">How busy the queue is.</param>
    /// <param name="windowMs">How far to look back, in milliseconds: the step that runs, and all others of which a part lies within.</param>
    public AnalyticsView Read(QueueLoad load, long windowMs)
    {
        AnalyticsStep running;
        AnalyticsStep[] ended;
        lock (_lock)
        {
            running = Running(load, load.At);
            ended = [.. _ended.OfType<AnalyticsStep>()];
        }
        var past = ended.Where(step => step.StartUnixMs < running.StartUnixMs).OrderBy(step => step.StartUnixMs).ToArray();
        var window = past.Where(step => EndsAfter(step, load.At.UnixMs - windowMs)).Append(running).ToArray();
        return new AnalyticsView(Steps.Sum(window), [.. past.Where(step => EndsAfter(step, load.At.UnixMs - DayMs))]);
    }

    private static bool EndsAfter(AnalyticsStep step, long unixMs) => step.StartUnixMs + AnalyticsStep.LengthMs > unixMs;

    private void Take(in TaskEvent happened)
    {
        if (happened is { Kind: TaskEvent.Claimed, Lease: { } lease }) _queueTime.Record(lease.WaitedMs);
        else if (happened.Kind == TaskEvent.Completed) _completed++;
        else if (happened.Kind == TaskEvent.Failed) _failed++;
        // An attempt that failed because its task was cancelled says nothing.
        if (happened.Ended is not { Succeeded: { } succeeded } attempt || happened.Kind == TaskEvent.Cancelled) return;
        if (succeeded)
        {
            _attemptsCompleted++;
            _completionTime.Record(attempt.FinishedUnixMs - attempt.StartedUnixMs);
        }
        else _attemptsFailed++;
    }

    /// <summary>A load that was looked at before the last step ended tells of that step's time, not of this one's.</summary>
    private AnalyticsStep Running(QueueLoad load, Moment now)
    {
        var isOfThisStep = load.Step == _stepsEnded;
        var step = new AnalyticsStep
        {
            StartUnixMs = _startUnixMs,
            EndUnixMs = now.UnixMs,
            CoveredMs = Math.Max(0, now.TickMs - _startTick),
            Counts = load.Counts,
            Priorities = load.Priorities,
            Completed = _completed,
            Failed = _failed,
            AttemptsCompleted = _attemptsCompleted,
            AttemptsFailed = _attemptsFailed,
            CoordinationUs = _coordinationUs,
            RunMs = isOfThisStep ? load.RunMs : 0,
            Slots = isOfThisStep ? load.Slots : default,
            Agents = isOfThisStep ? load.Agents : [],
            QueueTime = _queueTime.Read(),
            CompletionTime = _completionTime.Read(),
            AssignmentLatency = _assignmentLatency.Read(),
        };
        return _before is null ? step : Steps.Sum([_before, step]);
    }
}

/// <summary>What a queue has done.</summary>
/// <param name="Window">All of the window that was asked for, in one.</param>
/// <param name="History">The steps of the last day that have ended, the earliest first.</param>
public sealed record AnalyticsView(AnalyticsStep Window, IReadOnlyList<AnalyticsStep> History);
