using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Something that happened to a task, after it was stored.</summary>
public sealed record QueueEvent(
    EventId Id, string Kind, long AtUnixMs, string TaskId, string? Type, string? GraphId, string State, string? AgentId, int Attempt, double? Progress,
    string? Message)
{
    /// <summary>The kind of the first event for a reader whose place is no longer known: it must read the tasks anew.</summary>
    public const string Reset = "reset";

    /// <summary>What it takes beyond the few hundred bytes that each does, in characters.</summary>
    public int TextLength => Message?.Length ?? 0;

    /// <summary>Of a claim: what it was decided by; null under fifo.</summary>
    public MatchDecision? Match { get; init; }

    /// <summary>The attempt whose grant ended with it, also where that did not use the attempt up; null where none did.</summary>
    public int? EndedAttempt { get; init; }

    /// <summary>Of a claim: where the task's route had given it to; null unless it was routed.</summary>
    public TaskRouting? Routing { get; init; }

    /// <summary>Of an end that a federation may count: how it ended. Null for every other event.</summary>
    public TaskEnd? End { get; init; }

    /// <summary>Whether a grant may have ended by it, or is to: what its holder has to know if it did not do it itself.</summary>
    public bool ConcernsHolder => Kind is TaskEvent.LeaseLost or TaskEvent.CancelRequested or TaskEvent.Failed or TaskEvent.Cancelled or TaskEvent.Waiting;

    /// <summary>Whether the task is over with this.</summary>
    public bool IsFinal => Kind is TaskEvent.Completed or TaskEvent.Failed or TaskEvent.Cancelled;
}

/// <summary>
/// A queue's events to whoever listens. The latest are kept, so that a reader who comes back soon misses none. Hints, not the truth: a reader
/// who is too slow is cut off, and resumes or is told to start anew.
/// </summary>
public sealed class QueueEvents
{
    // A graph of 10,000 tasks tells as many events at once.
    private const int Kept = 20_000;
    // Messages may be long: of those that are kept, and of those that one reader has not taken yet, in characters.
    private const int KeptText = 4 << 20;
    private const int UnreadText = 512 << 10;

    private readonly Lock _lock = new();
    private readonly Queue<QueueEvent> _latest = new();
    private readonly HashSet<EventBacklog> _readers = [];
    private readonly Dictionary<string, List<TaskCompletionSource>> _finishWaits = [];
    private readonly ConcurrentDictionary<string, ImmutableArray<Action<QueueEvent>>> _agents = new(StringComparer.Ordinal);
    private EventId _lastId;
    private long _keptText;
    private bool _closed;

    /// <summary>Starts where a new owner's numbers start: older ids cannot be resumed.</summary>
    public QueueEvents(long epoch, long sequence) => _lastId = new EventId(epoch, sequence, 0);

    /// <summary>Hands events to all readers; never waits for one.</summary>
    public void Publish(IReadOnlyList<QueueEvent> events)
    {
        if (events.Count == 0) return;
        List<TaskCompletionSource>? finished = null;
        lock (_lock)
        {
            foreach (var happened in events) Keep(happened);
            _readers.RemoveWhere(reader => !reader.TryAdd(events));
            if (_finishWaits.Count > 0) finished = TakeFinishWaits(events);
        }
        foreach (var wait in finished ?? []) wait.TrySetResult();
        if (!_agents.IsEmpty) TellAgents(events);
    }

    /// <summary>Ends every reader: the owner has ended.</summary>
    public void Close()
    {
        List<TaskCompletionSource> waits;
        lock (_lock)
        {
            _closed = true;
            foreach (var reader in _readers) reader.End();
            _readers.Clear();
            waits = [.. _finishWaits.Values.SelectMany(wait => wait)];
            _finishWaits.Clear();
        }
        foreach (var wait in waits) wait.TrySetResult();
    }

    /// <summary>
    /// Events from here on, or from <paramref name="lastEventId"/> on where that is still known; where it is not, a
    /// <see cref="QueueEvent.Reset"/> comes first. Ends when the reader falls too far behind or the owner ends.
    /// </summary>
    public async IAsyncEnumerable<QueueEvent> SubscribeAsync(string? lastEventId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new EventBacklog(Kept, UnreadText);
        var missed = Subscribe(reader, lastEventId);
        try
        {
            foreach (var happened in missed) yield return happened;
            await foreach (var happened in reader.TakeAllAsync(cancellationToken)) yield return happened;
        }
        finally
        {
            lock (_lock) _readers.Remove(reader);
        }
    }

    /// <summary>
    /// Starts to wait for a task's end. To be asked for before the task is read, or its end could fall in between; disposing ends the wait.
    /// </summary>
    public FinishWait ExpectFinish(string taskId) => new(this, taskId);

    /// <summary>
    /// Hears what an agent with open grants has to know: that one ended without it, or that it is asked to stop. Called before anything else is told; must
    /// return at once.
    /// </summary>
    public IDisposable ListenForAgent(string agentId, Action<QueueEvent> hear)
    {
        _agents.AddOrUpdate(agentId, _ => [hear], (_, others) => others.Add(hear));
        return new AgentListener(() => Deafen(agentId, hear));
    }

    private void Deafen(string agentId, Action<QueueEvent> hear)
    {
        while (_agents.TryGetValue(agentId, out var all))
        {
            var rest = all.Remove(hear);
            if (rest.IsEmpty ? _agents.TryRemove(KeyValuePair.Create(agentId, all)) : _agents.TryUpdate(agentId, rest, all)) return;
        }
    }

    private void TellAgents(IReadOnlyList<QueueEvent> events)
    {
        foreach (var happened in events)
        {
            if (!happened.ConcernsHolder || happened.AgentId is not { } agent || !_agents.TryGetValue(agent, out var listeners)) continue;
            foreach (var hear in listeners) hear(happened);
        }
    }

    private List<QueueEvent> Subscribe(EventBacklog reader, string? lastEventId)
    {
        lock (_lock)
        {
            if (_closed) reader.End();
            else _readers.Add(reader);
            if (lastEventId is null) return [];
            var isId = EventId.TryParse(lastEventId, out var last);
            if (isId && last == _lastId) return [];
            var missed = isId ? _latest.SkipWhile(happened => happened.Id != last).Skip(1).ToList() : [];
            return missed.Count > 0 ? missed : [new QueueEvent(_lastId, QueueEvent.Reset, 0, "", null, null, "", null, 0, null, null)];
        }
    }

    private void Keep(QueueEvent happened)
    {
        _latest.Enqueue(happened);
        _keptText += happened.TextLength;
        while (_latest.Count > Kept || _keptText > KeptText) _keptText -= _latest.Dequeue().TextLength;
        _lastId = happened.Id;
    }

    private List<TaskCompletionSource> TakeFinishWaits(IReadOnlyList<QueueEvent> events)
    {
        var taken = new List<TaskCompletionSource>();
        foreach (var happened in events)
        {
            if (happened.IsFinal && _finishWaits.Remove(happened.TaskId, out var waits)) taken.AddRange(waits);
        }
        return taken;
    }

    private sealed class AgentListener(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    /// <summary>A wait for a task's end.</summary>
    public sealed class FinishWait : IDisposable
    {
        private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly QueueEvents _events;
        private readonly string _taskId;

        internal FinishWait(QueueEvents events, string taskId)
        {
            (_events, _taskId) = (events, taskId);
            lock (events._lock)
            {
                if (events._closed) _finished.TrySetResult();
                else if (events._finishWaits.TryGetValue(taskId, out var waits)) waits.Add(_finished);
                else events._finishWaits.Add(taskId, [_finished]);
            }
        }

        /// <summary>Completes when the task is over, or when the owner ends and the task has to be read elsewhere.</summary>
        public Task Finished => _finished.Task;

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (_events._lock)
            {
                if (!_events._finishWaits.TryGetValue(_taskId, out var waits)) return;
                waits.Remove(_finished);
                if (waits.Count == 0) _events._finishWaits.Remove(_taskId);
            }
        }
    }
}
