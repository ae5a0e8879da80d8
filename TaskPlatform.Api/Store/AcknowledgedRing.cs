namespace TaskPlatform.Api.Store;

/// <summary>
/// The batches that were acknowledged last, in order, for a store that comes back without them. What was acknowledged longer than
/// the given age before the store's last good answer is forgotten; while the store is away nothing is.
/// </summary>
internal sealed class AcknowledgedRing(TimeProvider time, TimeSpan age, long maxBytes)
{
    private readonly Queue<(CommitBatch Batch, long AcknowledgedAt)> _batches = new();
    private long _bytes;
    private bool _isSentAgain;

    public void Add(CommitBatch batch)
    {
        _batches.Enqueue((batch, time.GetTimestamp()));
        _bytes += batch.Bytes;
        while (_bytes > maxBytes && _batches.Count > 1) Forget();
    }

    /// <summary>The store just answered well: it has everything, and what is older than the age is taken to be safe.</summary>
    public void StoreAnswered()
    {
        if (_isSentAgain) DateAnew();
        while (_batches.TryPeek(out var oldest) && time.GetElapsedTime(oldest.AcknowledgedAt) > age) Forget();
    }

    /// <summary>Whether everything after <paramref name="sequence"/> that was acknowledged is still here.</summary>
    public bool ReachesBackTo(long sequence, long acknowledged) =>
        sequence >= acknowledged || (_batches.TryPeek(out var oldest) && oldest.Batch.Sequence <= sequence + 1);

    /// <summary>
    /// What came after <paramref name="sequence"/>, to be sent again. It counts as acknowledged when the store next answers well, however long that takes:
    /// it may have been written only then, and the store may lose it a second time.
    /// </summary>
    public CommitBatch[] TakeAgainAfter(long sequence)
    {
        _isSentAgain = true;
        return [.. _batches.Select(entry => entry.Batch).Where(batch => batch.Sequence > sequence)];
    }

    // All of them, also those that had not been lost: better too long than too short.
    private void DateAnew()
    {
        var now = time.GetTimestamp();
        for (var left = _batches.Count; left > 0; left--) _batches.Enqueue((_batches.Dequeue().Batch, now));
        _isSentAgain = false;
    }

    private void Forget() => _bytes -= _batches.Dequeue().Batch.Bytes;
}
