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

/// <summary>How long things take and how much is held; the defaults are what docs/store.md argues with.</summary>
public sealed record CommitPipelineOptions
{
    /// <summary>The owner's lease, by the store's clock. Must be the one that the store's scripts write.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much of the lease must be left for a unit without changes to need no call.</summary>
    public TimeSpan LeaseSpare { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long after the last call the lease is renewed.</summary>
    public TimeSpan RenewAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long acknowledged batches are kept for a store that comes back without them.</summary>
    public TimeSpan RingAge { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many bytes of acknowledged batches are kept at most.</summary>
    public long RingBytes { get; init; } = 64 << 20;

    /// <summary>How many units with changes may be unacknowledged, and how many calls under way.</summary>
    public int UnitsInFlight { get; init; } = 2;

    /// <summary>The most that one call carries, in bytes.</summary>
    public int BytesPerCall { get; init; } = 8 << 20;
}

/// <summary>Why a pipeline stopped for good.</summary>
public sealed record CommitEnd(CommitFate Fate, string Reason);

/// <summary>
/// Brings one owner's units into the store, in order, several at a time, and each exactly once whatever the connection does.
/// Keeps the owner's lease. Made right after a takeover, before loading, so that the lease is kept while loading.
/// </summary>
public sealed class CommitPipeline : IAsyncDisposable
{
    /// <summary>Starts at once: the first thing it does is to check that the queue still is the owner's.</summary>
    public CommitPipeline(
        IQueueStore store, string instance, Takeover.Acquired takeover, CommitPipelineOptions options, TimeProvider time, ILogger<CommitPipeline> logger)
    {
        throw new NotImplementedException();
    }

    /// <summary>The epoch of the owner.</summary>
    public long Epoch => throw new NotImplementedException();

    /// <summary>The last number given out: right after <see cref="CommitAsync"/>, that unit's last.</summary>
    public long Sequence => throw new NotImplementedException();

    /// <summary>Whether another unit may be handed in. Units handed in nevertheless are kept and sent in their turn.</summary>
    public bool HasRoom => throw new NotImplementedException();

    /// <summary>How long the oldest unit without an answer has waited; zero when there is none.</summary>
    public TimeSpan OldestUnacknowledged => throw new NotImplementedException();

    /// <summary>Completes when the pipeline stops for good because of the store, with or without a unit waiting.</summary>
    public Task<CommitEnd> Ended => throw new NotImplementedException();

    /// <summary>
    /// Hands in a unit and returns at once; the task completes after those of all units before it. A unit without changes asks only
    /// whether the queue still is the owner's: no call is made while the lease is known to run. Cancelled by disposing.
    /// </summary>
    public Task<CommitFate> CommitAsync(ChangeSet changes) => throw new NotImplementedException();

    /// <summary>Completes as soon as <see cref="HasRoom"/>, and when the pipeline has ended.</summary>
    public Task WhenRoom() => throw new NotImplementedException();

    /// <summary>Waits until everything handed in has its fate, then ends the lease, so that anybody may take the queue at once.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Stops without releasing; tasks of units without an answer are cancelled: their fate is unknown.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
