namespace TaskPlatform.Engine;

/// <summary>A limit that lanes share. While it is closed they are parked, which costs a claim nothing.</summary>
internal abstract class Gate(string key)
{
    public string Key { get; } = key;

    /// <summary>The lanes behind it.</summary>
    public List<Lane> Lanes { get; } = [];

    public bool IsClosed { get; private set; }

    /// <summary>Opens or closes it.</summary>
    /// <returns>Whether that changed anything.</returns>
    protected bool Close(bool isClosed)
    {
        if (isClosed == IsClosed) return false;
        IsClosed = isClosed;
        foreach (var lane in Lanes) lane.Refresh();
        return true;
    }
}

/// <summary>How many tasks of one key are leased at the same time.</summary>
internal sealed class ConcurrencyGate(string key) : Gate(key)
{
    /// <summary>How many there may be; null: any number.</summary>
    public int? Limit { get; private set; }

    public int Held { get; private set; }

    public bool IsForgettable => Held == 0 && Lanes.Count == 0;

    /// <returns>Whether it was opened or closed.</returns>
    public bool SetLimit(int? limit)
    {
        Limit = limit;
        return Close(Held >= Limit);
    }

    /// <returns>Whether it was opened or closed.</returns>
    public bool Hold(int difference)
    {
        Held += difference;
        return Close(Held >= Limit);
    }
}

/// <summary>
/// How many tasks of one key are granted in a period. A log of the grants within the last period, so that no window of that length has more than
/// may be; a token bucket would let twice as many through. Where there may be many, moments are rounded up to a fraction of the period,
/// so that the log stays short and the limit is at worst reached a little late.
/// </summary>
internal sealed class RateGate(string key) : Gate(key), IQueueRecord
{
    private const int Moments = 32;

    private readonly Queue<Grant> _grants = new();
    private Grant? _last;
    private int _granted;

    public int Index = -1;

    private sealed class Grant(long tick, long unixMs)
    {
        public long Tick { get; } = tick;

        public long UnixMs { get; } = unixMs;

        public int Count { get; set; }
    }

    /// <summary>What may be; null: anything.</summary>
    public RateLimit? Limit { get; private set; }

    /// <summary>When it opens again, on the monotonic clock; <see cref="Moment.Never"/> while it is open.</summary>
    public long OpensTick => IsClosed && _grants.TryPeek(out var first) ? first.Tick + Limit!.Value.PerMs : Moment.Never;

    public RecordKind Kind => RecordKind.Rate;

    public bool IsForgettable => _grants.Count == 0 && Lanes.Count == 0;

    /// <returns>Whether it was opened or closed.</returns>
    public bool SetLimit(RateLimit? limit, long tick)
    {
        Limit = limit;
        return Look(tick);
    }

    /// <returns>Whether it was closed.</returns>
    public bool Count(Moment now)
    {
        if (Limit is not { } limit) return false;
        Add(limit, now, 1);
        return Look(now.TickMs);
    }

    /// <summary>Forgets what is over, and opens or closes as is right now.</summary>
    /// <returns>Whether it was opened or closed.</returns>
    public bool Look(long tick)
    {
        if (Limit is not { } limit)
        {
            _grants.Clear();
            (_last, _granted) = (null, 0);
            return Close(false);
        }
        while (_grants.TryPeek(out var first) && first.Tick + limit.PerMs <= tick)
        {
            _granted -= _grants.Dequeue().Count;
            if (_grants.Count == 0) _last = null;
        }
        return Close(_granted >= limit.Count);
    }

    public RateEntry ToEntry() => new(Key, [.. _grants.Select(grant => (grant.UnixMs, grant.Count))]);

    /// <summary>Takes back what was stored. Ticks begin anew with each process: how long ago a grant was is known by the wall clock only.</summary>
    public void Load(RateEntry entry, RateLimit limit, Moment now)
    {
        foreach (var (unixMs, count) in entry.Grants)
        {
            var ago = Math.Clamp(now.UnixMs - unixMs, 0, limit.PerMs);
            Add(limit with { Count = 1 }, new Moment(now.TickMs - ago, unixMs), count);
        }
        Look(now.TickMs);
    }

    private void Add(RateLimit limit, Moment at, int count)
    {
        var step = limit.Count > Moments ? Math.Max(1, (limit.PerMs + Moments - 1) / Moments) : 1;
        var late = (step - at.TickMs % step) % step;
        if (_last is null || _last.Tick != at.TickMs + late)
        {
            _last = new Grant(at.TickMs + late, at.UnixMs + late);
            _grants.Enqueue(_last);
        }
        _last.Count += count;
        _granted += count;
    }
}

/// <summary>Rate limits by when they open again.</summary>
internal readonly struct ByOpening : IHeapPlace<RateGate>
{
    public ref int Index(RateGate item) => ref item.Index;
}
