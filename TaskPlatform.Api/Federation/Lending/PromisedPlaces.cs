namespace TaskPlatform.Api.Federation.Lending;

/// <summary>
/// Places that are kept for tasks which are on their way here. They count as load, or several peers would be promised the same slot; a task that does not come loses its place.
/// </summary>
internal sealed class PromisedPlaces(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Queue<long> _since = new();

    /// <summary>How many are kept now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return _since.Count;
            }
        }
    }

    public void Keep(int places = 1)
    {
        lock (_gate)
        {
            for (var place = 0; place < places; place++) _since.Enqueue(time.GetTimestamp());
        }
    }

    /// <summary>The tasks have come, or are known not to come.</summary>
    public void Give(int places)
    {
        lock (_gate)
        {
            for (var place = 0; place < places; place++) _since.TryDequeue(out _);
        }
    }

    /// <summary>The task has come, or is known not to come; false: its place was not kept any more.</summary>
    public bool TryGive()
    {
        lock (_gate)
        {
            Forget();
            return _since.TryDequeue(out _);
        }
    }

    private void Forget()
    {
        while (_since.TryPeek(out var since) && time.GetElapsedTime(since) > Patience) _since.Dequeue();
    }
}
