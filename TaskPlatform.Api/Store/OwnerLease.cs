namespace TaskPlatform.Api.Store;

/// <summary>
/// What the owner itself knows of its lease. The store counts the lease from when it ran the call, the owner from before it sent the
/// call, so the owner always ends first. Both of the machine's clocks must agree that it runs: a monotonic clock may stand still while
/// the machine sleeps, the wall clock may be set back.
/// </summary>
internal sealed class OwnerLease(TimeProvider time, TimeSpan lease, TimeSpan spare)
{
    private readonly Lock _lock = new();
    private Moment? _renewed;

    /// <summary>A moment on both clocks.</summary>
    public readonly record struct Moment(long Monotonic, DateTimeOffset Wall);

    public Moment Now() => new(time.GetTimestamp(), time.GetUtcNow());

    /// <summary>A call that was sent then has renewed the lease.</summary>
    public void RenewedByCallSentAt(Moment sent)
    {
        lock (_lock)
        {
            if (_renewed is not { } renewed || sent.Monotonic > renewed.Monotonic) _renewed = sent;
        }
    }

    /// <summary>Whether the lease runs for certain, with the spare time left.</summary>
    public bool Holds()
    {
        lock (_lock)
        {
            return _renewed is { } renewed
                && time.GetElapsedTime(renewed.Monotonic) < lease - spare
                && time.GetUtcNow() - renewed.Wall < lease - spare;
        }
    }
}
