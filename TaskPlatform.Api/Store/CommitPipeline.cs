namespace TaskPlatform.Api.Store;

/// <summary>What became of a unit of changes.</summary>
public enum CommitFate
{
    /// <summary>Acknowledged by the store; for a unit that changes nothing: the owner still owned the queue.</summary>
    Durable,

    /// <summary>Another owner has the queue. Nothing more will be written; take the queue over anew.</summary>
    Fenced,

    /// <summary>The store lost acknowledged batches and they cannot be sent again. Nothing more will be written.</summary>
    Regressed,
}

/// <summary>Why a pipeline stopped for good.</summary>
public sealed record CommitEnd(CommitFate Fate, string Reason);

/// <summary>
/// Brings one owner's units into the store, in order, several at a time, and each exactly once whatever the connection does.
/// Keeps the owner's lease. Made right after a takeover, before loading, so that the lease is kept while loading.
/// </summary>
/// <remarks>
/// This file takes units in, <c>CommitPipeline.Calls.cs</c> sends them and hears the answers, <c>CommitPipeline.Recovery.cs</c> finds out
/// what happened when an answer is missing or strange. One loop runs the latter two. docs/store.md gives the argument.
/// </remarks>
public sealed partial class CommitPipeline : IAsyncDisposable
{
    // So many units without changes may wait behind writes before there is no room: they cost nothing but memory.
    private const int UnitsWaiting = 64;

    private static readonly Task<CommitFate> AlreadyDurable = Task.FromResult(CommitFate.Durable);

    private readonly IQueueStore _store;
    private readonly string _instance;
    private readonly Ownership _owner;
    private readonly StoredPosition _found;
    private readonly CommitPipelineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CommitPipeline> _logger;
    private readonly OwnerLease _lease;
    private readonly AcknowledgedRing _ring;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<CommitEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Wakeup _wakeup = new();

    private readonly Lock _lock = new();
    private readonly Queue<Unit> _units = new();
    private readonly Queue<Part> _unacknowledged = new();
    private readonly ITimer _renewal;
    private readonly Task _loop;
    private Queue<Part> _unsent = new();
    private TaskCompletionSource? _room;
    private long _sequence;
    private int _writesWaiting;
    private long _answeredAt;

    /// <summary>Starts at once: the first thing it does is to check that the queue still is the owner's.</summary>
    /// <param name="store">The queue's store.</param>
    /// <param name="instance">The name that the queue was taken over with.</param>
    /// <param name="takeover">What the takeover answered.</param>
    /// <param name="options">Times and limits.</param>
    /// <param name="time">The owner's clocks.</param>
    /// <param name="logger">Hears of fences, regressions and a store that is away.</param>
    public CommitPipeline(
        IQueueStore store, string instance, Takeover.Acquired takeover, CommitPipelineOptions options, TimeProvider time, ILogger<CommitPipeline> logger)
    {
        (_store, _instance, _owner, _found) = (store, instance, takeover.Owner, takeover.Found);
        (_options, _time, _logger) = (options, time, logger);
        _lease = new(time, CommitPipelineOptions.Lease, options.LeaseSpare);
        _ring = new(time, options.RingAge, options.RingBytes);
        _sequence = _acknowledged = takeover.Found.Sequence;
        _answeredAt = time.GetTimestamp();
        store.ConnectionChanged += OnConnectionChanged;
        _renewal = time.CreateTimer(_ => _wakeup.Set(), null, options.RenewAfter / 4, options.RenewAfter / 4);
        _loop = RunAsync(_stop.Token);
    }

    /// <summary>The epoch of the owner.</summary>
    public long Epoch => _owner.Epoch;

    /// <summary>The last number given out: right after <see cref="CommitAsync"/>, that unit's last.</summary>
    public long Sequence
    {
        get { lock (_lock) return _sequence; }
    }

    /// <summary>
    /// Whether nobody else can own the queue yet, by the owner's own clocks. Unlike a unit without changes it does not ask whether the store still has
    /// everything: enough for what is not promised to be stored.
    /// </summary>
    public bool HoldsLease => !_ended.Task.IsCompleted && _lease.Holds();

    /// <summary>Whether another unit may be handed in. Units handed in nevertheless are kept and sent in their turn.</summary>
    public bool HasRoom
    {
        get { lock (_lock) return HasRoomLocked; }
    }

    /// <summary>How long the oldest unit without an answer has waited; zero when there is none.</summary>
    public TimeSpan OldestUnacknowledged
    {
        get { lock (_lock) return _units.TryPeek(out var unit) ? _time.GetElapsedTime(unit.HandedInAt) : TimeSpan.Zero; }
    }

    /// <summary>
    /// How long ago the store last answered a call, whatever it said. It is asked every <see cref="CommitPipelineOptions.RenewAfter"/> when there
    /// is nothing else to ask, so much more than that says that it is away or stands still.
    /// </summary>
    public TimeSpan StoreSilence => _time.GetElapsedTime(Volatile.Read(ref _answeredAt));

    /// <summary>Completes when the pipeline stops for good because of the store, whether or not a unit waits.</summary>
    public Task<CommitEnd> Ended => _ended.Task;

    private bool HasRoomLocked =>
        _ended.Task.IsCompleted || (_writesWaiting < _options.UnitsInFlight && _units.Count < UnitsWaiting);

    /// <summary>
    /// Hands in a unit and returns at once. The tasks complete in the order of the calls. A unit without changes only asks whether the
    /// queue still is the owner's, and needs no call while the lease is known to run. Disposing cancels the task.
    /// </summary>
    public Task<CommitFate> CommitAsync(ChangeSet changes)
    {
        changes.Seal();
        lock (_lock)
        {
            if (_ended.Task.IsFaulted) return Task.FromException<CommitFate>(_ended.Task.Exception.InnerException!);
            if (_ended.Task.IsCompleted) return Task.FromResult(_ended.Task.Result.Fate);
            if (_stop.IsCancellationRequested) return Task.FromCanceled<CommitFate>(new CancellationToken(canceled: true));
            if (changes.IsEmpty && _units.Count == 0 && IsOwnerForCertain) return AlreadyDurable;

            var unit = new Unit(!changes.IsEmpty, _time.GetTimestamp());
            _units.Enqueue(unit);
            if (!changes.IsEmpty) Enqueue(changes, unit);
            _wakeup.Set();
            return unit.Fate.Task;
        }
    }

    /// <summary>
    /// Asks the store itself whether it has everything that it acknowledged, and completes when it has: what it had lost was sent again.
    /// </summary>
    public async Task<CommitFate> ConfirmAsync()
    {
        Interlocked.Increment(ref _connection);
        return await CommitAsync(new());
    }

    /// <summary>Completes as soon as <see cref="HasRoom"/>, and when the pipeline has ended.</summary>
    public Task WhenRoom()
    {
        lock (_lock)
        {
            if (HasRoomLocked) return Task.CompletedTask;
            _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>
    /// Waits until everything handed in has its fate, then ends the lease, so that anybody may take the queue at once. Nothing can be
    /// handed in afterwards.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The lease could not be ended; it lapses by itself.</exception>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        var fate = await CommitAsync(new()).WaitAsync(cancellationToken);
        await StopAsync();
        // A renewal that is under way must not be run after the release.
        await Task.WhenAll(_calls.Select(call => call.Sent)).WaitAsync(cancellationToken);
        if (fate == CommitFate.Durable) await _store.ReleaseAsync(_owner).WaitAsync(cancellationToken);
    }

    /// <summary>Stops without releasing. The tasks of units without an answer are cancelled: their fate is unknown.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        if (!_stop.IsCancellationRequested) _stop.Cancel();
        await _loop;
        await _renewal.DisposeAsync();
        _store.ConnectionChanged -= OnConnectionChanged;
    }

    private void Enqueue(ChangeSet changes, Unit unit)
    {
        var batches = BatchSplitter.Split(changes, _sequence + 1, _options.BytesPerCall);
        unit.PartsLeft = batches.Count;
        _writesWaiting++;
        _sequence += batches.Count;
        foreach (var batch in batches)
        {
            var part = new Part(batch, unit);
            _unacknowledged.Enqueue(part);
            _unsent.Enqueue(part);
        }
    }

    private void TellOfRoom()
    {
        if (_room is null || !HasRoomLocked) return;
        _room.TrySetResult();
        _room = null;
    }

    /// <summary>What one call of <see cref="CommitAsync"/> handed in; without parts it only asks.</summary>
    private sealed class Unit(bool hasChanges, long handedInAt)
    {
        public bool HasChanges { get; } = hasChanges;

        public long HandedInAt { get; } = handedInAt;

        public int PartsLeft { get; set; }

        public TaskCompletionSource<CommitFate> Fate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Part(CommitBatch batch, Unit unit)
    {
        public CommitBatch Batch { get; } = batch;

        public Unit Unit { get; } = unit;

        public int TimesSent { get; set; }
    }
}
