namespace TaskPlatform.Api.Store;

/// <summary>How long things take and how much is held; the defaults are what docs/store.md argues with.</summary>
public sealed record CommitPipelineOptions
{
    /// <summary>The lease that each call gives the owner, by the store's clock.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

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

    /// <summary>The most that one call carries, in bytes; a single longer record still goes in a call of its own.</summary>
    public int BytesPerCall { get; init; } = 8 << 20;

    /// <summary>The first wait before a failed call is repeated; it doubles up to <see cref="LongestBackOff"/>.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>The longest wait before a failed call is repeated.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(1);
}
