namespace TaskPlatform.Api.Federation.Lending;

/// <summary>
/// Places that are kept for tasks which are on their way here. They count as load, or several peers would be promised the same slot.
/// </summary>
internal sealed class PromisedPlaces(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly List<Place> _promises = [];
    private int _asked;

    /// <summary>How many are kept now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return _promises.Count + _asked;
            }
        }
    }

    /// <summary>Those of them for which peers are being asked: hopes only, that a task which is offered need not stand back for.</summary>
    public int Asked
    {
        get
        {
            lock (_gate) return _asked;
        }
    }

    /// <summary>A peer is promised that a task of a type will be taken. If it does not come soon the place is given to others.</summary>
    public void Promise(string peer, string type)
    {
        lock (_gate) _promises.Add(new Place(peer, type, time.GetTimestamp()));
    }

    /// <summary>Whether the task that has come was promised a place, and that was still kept.</summary>
    public bool TryKeep(string peer, string type)
    {
        lock (_gate)
        {
            Forget();
            var place = _promises.FindIndex(promise => promise.Peer == peer && promise.Type == type);
            if (place >= 0) _promises.RemoveAt(place);
            return place >= 0;
        }
    }

    /// <summary>Slots for which peers are being asked; negative: they have answered.</summary>
    public void Ask(int slots)
    {
        lock (_gate) _asked += slots;
    }

    private void Forget() => _promises.RemoveAll(promise => time.GetElapsedTime(promise.Since) > Patience);

    private readonly record struct Place(string Peer, string Type, long Since);
}
