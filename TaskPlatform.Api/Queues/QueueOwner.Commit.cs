using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>
/// What commands changed is handed to the store and told when it may be. A unit is what is committed together: in a durable queue one batch; in a
/// buffered one the batches of up to a second, or up to the next grant; in one that lives in memory nothing but settings.
/// </summary>
public sealed partial class QueueOwner
{
    private static readonly TimeSpan BufferedFor = TimeSpan.FromSeconds(1);

    /// <summary>What is buffered beyond is handed in before its second is over, so that it fits into one call.</summary>
    private const int BufferedRecords = 8_192;
    private const long BufferedBytes = 4 << 20;

    /// <summary>Even a slow disk takes so much. A large graph is given the time it needs before its caller is told that the store is away.</summary>
    private const double SlowBytesPerSecond = 4 << 20;

    private readonly Queue<Batch> _told = new();
    private readonly Queue<Unit> _handedIn = new();
    private readonly Dictionary<TaskItem, int> _unstored = [];
    private Unit? _open;
    private long _number;
    private long _batches;
    private long _batchesTold;

    /// <summary>A command and what came of it.</summary>
    private readonly record struct Answered(Envelope Envelope, Outcome Outcome)
    {
        public bool IsGrant => Outcome is Outcome.Claimed { Grants.IsEmpty: false };
    }

    /// <summary>Changes that are committed together.</summary>
    private sealed class Unit
    {
        public ChangeSet Records { get; } = new();

        /// <summary>Finished tasks in it, which may leave memory when it is stored.</summary>
        public List<TaskItem> Finished { get; } = [];

        /// <summary>When its first change was made, on the monotonic clock; <see cref="Moment.Never"/> while it has none.</summary>
        public long SinceTick { get; set; } = Moment.Never;

        /// <summary>What the queue promises from then on, where its settings are among the changes.</summary>
        public Durability? Promises { get; set; }

        /// <summary>Whether somebody waits for it.</summary>
        public bool IsAwaited { get; set; }

        /// <summary>What became of it; null until it is handed in.</summary>
        public Task<CommitFate>? Fate { get; set; }

        /// <summary>How long the store may take before it counts as away.</summary>
        public TimeSpan Patience { get; set; }

        /// <summary>The number of batches that have to be told before its tasks may leave memory: events show what is in them.</summary>
        public long EndsBehind { get; set; }

        public bool IsStored => Fate is { IsCompletedSuccessfully: true, Result: CommitFate.Durable };
    }

    /// <summary>What is to be told together, in its turn: after the unit is stored where there is one, else at once.</summary>
    private sealed record Batch(Unit? Unit, List<Answered> Replies, IReadOnlyList<TaskEvent> Events, Moment AppliedAt, long AppliedMicros);

    private bool IsBuffered => _engine.Settings.Durability == Durability.Buffered;

    private void Commit(List<Answered> replies, Moment now)
    {
        var (changes, events) = (_engine.TakeChanges(), _engine.TakeEvents());
        var unit = _open ??= new Unit();
        Add(changes, unit, now);
        // Until weaker settings are stored the stronger promise stands, and without a lease nobody knows whose the queue is.
        var isPatient = IsBuffered && _promised == Durability.Buffered && changes.Settings is null && _pipeline.HoldsLease;
        if (isPatient) replies = AnswerAllButGrants(replies, now);
        if (!isPatient || replies.Count > 0) unit.IsAwaited = true;
        if (!isPatient || replies.Count > 0 || events.Count > 0) Enqueue(new Batch(unit.IsAwaited ? unit : null, replies, events, now, _appliedMicros));
    }

    private void Enqueue(Batch batch)
    {
        _told.Enqueue(batch);
        _batches++;
        if (batch.Unit is null) _wakeup.Set();
    }

    private void Add(EngineChanges changes, Unit unit, Moment now)
    {
        var stays = WhatIsStored(changes);
        if (stays.IsEmpty) return;
        unit.SinceTick = Math.Min(unit.SinceTick, now.TickMs);
        QueueCodec.Write(stays, unit.Records);
        unit.Promises = stays.Settings?.Durability ?? unit.Promises;
        foreach (var change in stays.Tasks.Where(change => change.Task.State.IsFinal()))
        {
            unit.Finished.Add(change.Task);
            _unstored[change.Task] = _unstored.GetValueOrDefault(change.Task) + 1;
        }
    }

    /// <summary>A queue that lives in memory stores its settings; when it begins to, what was stored before goes.</summary>
    private EngineChanges WhatIsStored(EngineChanges changes)
    {
        if (_engine.Settings.Durability != Durability.Memory) return changes;
        var isNew = _promised != Durability.Memory;
        return new EngineChanges(
            [], isNew ? changes.DeletedTasks : [], isNew ? [.. changes.Records.Where(change => change.Record is null)] : [], changes.Settings);
    }

    /// <returns>The grants: they are told when they are stored.</returns>
    private List<Answered> AnswerAllButGrants(List<Answered> replies, Moment now)
    {
        var others = replies.FindAll(reply => !reply.IsGrant);
        Measure(others, _appliedMicros);
        foreach (var (envelope, outcome) in others) envelope.TryAnswer(new QueueReply(outcome, now.UnixMs));
        return replies.FindAll(reply => reply.IsGrant);
    }

    private void HandInWhatIsDue()
    {
        if (_open is not { } unit || !(unit.IsAwaited || IsDue(unit)) || (IsBuffered && !_pipeline.HasRoom)) return;
        HandIn(unit);
    }

    private bool IsDue(Unit unit) => unit.SinceTick != Moment.Never
        && (_clock.Now().TickMs - unit.SinceTick >= BufferedFor.TotalMilliseconds || unit.Records.Count >= BufferedRecords || unit.Records.Bytes >= BufferedBytes);

    private void HandIn(Unit unit)
    {
        _open = null;
        unit.Patience = Outage + TimeSpan.FromSeconds(unit.Records.Bytes / SlowBytesPerSecond);
        unit.EndsBehind = _batches;
        unit.Fate = _pipeline.CommitAsync(unit.Records);
        _handedIn.Enqueue(unit);
        if (unit.Fate.IsCompleted) _wakeup.Set();
        else unit.Fate.ContinueWith(_ => _wakeup.Set(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, _services.Scheduler);
    }

    private void TellWhatIsCommitted()
    {
        if (_handedIn.TryPeek(out var first) && first.Fate is { IsCompleted: true } fate && fate.GetAwaiter().GetResult() is var end and not CommitFate.Durable)
        {
            EndBecause(end);
            return;
        }
        while (_told.TryPeek(out var batch) && batch.Unit is null or { IsStored: true })
        {
            _told.Dequeue();
            Tell(batch);
            _batchesTold++;
        }
        while (_handedIn.TryPeek(out var unit) && unit.IsStored && unit.EndsBehind <= _batchesTold)
        {
            _handedIn.Dequeue();
            LetGo(unit);
        }
    }

    private void Tell(Batch batch)
    {
        var now = _clock.Now();
        // Before the answers: whoever has one finds itself counted.
        Measure(batch.Replies, batch.AppliedMicros);
        _analytics.Happened(batch.Events);
        foreach (var (envelope, outcome) in batch.Replies)
        {
            if (outcome is Outcome.Claimed claimed) StartLeases(claimed, now);
            if (!envelope.TryAnswer(new QueueReply(outcome, now.UnixMs)) && outcome is Outcome.Claimed unheard) GiveBack(unheard);
        }
        if (batch.Events.Count == 0) return;
        TaskTelemetry.Tell(Queue, batch.Events, _logger);
        _services.Announcer.Announce(this, batch.Events, _pipeline.Epoch, ++_number, batch.AppliedAt.UnixMs);
    }

    /// <summary>What is stored and over leaves memory, unless it has changed since: then what is stored is not what it is now.</summary>
    private void LetGo(Unit unit)
    {
        if (unit.Promises is { } promised) _promised = promised;
        foreach (var task in unit.Finished)
        {
            var left = _unstored[task] - 1;
            if (left > 0)
            {
                _unstored[task] = left;
                continue;
            }
            _unstored.Remove(task);
            OldMemory.LetGo(task);
            _engine.Unload(task);
        }
    }

    private void StartLeases(Outcome.Claimed claimed, Moment now)
    {
        foreach (var grant in claimed.Grants) _engine.StartLease(grant.Task.Id, grant.Task.Lease!.Token, now);
    }

    /// <summary>Nobody heard of these leases: without this each would hold its task until it ran out.</summary>
    private void GiveBack(Outcome.Claimed unheard)
    {
        foreach (var grant in unheard.Grants) Post(new Command.Ungrant(grant.Task.Id, grant.Task.Lease!.Token));
    }
}
