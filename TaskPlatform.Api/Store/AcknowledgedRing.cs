namespace TaskPlatform.Api.Store;

/// <summary>
/// The batches that were acknowledged last, in order, for a store that comes back without them. What was acknowledged longer than
/// the given age before the store's last good answer is forgotten; while the store is away nothing is.
/// </summary>
internal sealed class AcknowledgedRing(TimeProvider time, TimeSpan age, long maxBytes)
{
    private readonly Queue<(CommitBatch Batch, long AcknowledgedAt)> _batches = new();
    private long _bytes;

    public void Add(CommitBatch batch)
    {
        _batches.Enqueue((batch, time.GetTimestamp()));
        _bytes += batch.Bytes;
        while (_bytes > maxBytes && _batches.Count > 1) Forget();
    }

    /// <summary>The store just answered well, so what is older than the age is taken to be safe.</summary>
    public void StoreAnswered()
    {
        while (_batches.TryPeek(out var oldest) && time.GetElapsedTime(oldest.AcknowledgedAt) > age) Forget();
    }

    /// <summary>Whether everything after <paramref name="sequence"/> that was acknowledged is still here.</summary>
    public bool ReachesBackTo(long sequence, long acknowledged) =>
        sequence >= acknowledged || (_batches.TryPeek(out var oldest) && oldest.Batch.Sequence <= sequence + 1);

    /// <summary>
    /// What came after <paramref name="sequence"/>, to be sent again. It counts as acknowledged now: the store may lose it a second time.
    /// </summary>
    public CommitBatch[] TakeAgainAfter(long sequence)
    {
        var now = time.GetTimestamp();
        var entries = _batches.Select(entry => entry.Batch.Sequence > sequence ? (entry.Batch, now) : entry).ToArray();
        _batches.Clear();
        foreach (var entry in entries) _batches.Enqueue(entry);
        return [.. entries.Select(entry => entry.Batch).Where(batch => batch.Sequence > sequence)];
    }

    private void Forget() => _bytes -= _batches.Dequeue().Batch.Bytes;
}
