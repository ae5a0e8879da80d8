using System.Runtime.CompilerServices;

namespace TaskPlatform.Engine;

/// <summary>
/// What one fairness key has had, in units of work for its weight: start-time fair queueing (P. Goyal, H. Vin, H. Cheng, 1996). Who has had least is next.
/// </summary>
internal sealed class FairShare(string key)
{
    /// <summary>So much counts a task of weight 1 for a key of weight 1.</summary>
    public const long Unit = 1_000_000;

    public string Key { get; } = key;

    /// <summary>How much the key may have beside others; above 0.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>What it has had.</summary>
    public long Had { get; private set; }

    /// <summary>Its ready tasks. While it has none it is away.</summary>
    public int Ready { get; private set; }

    /// <summary>Its places in the lines of agents.</summary>
    public List<FairPlace> Places { get; } = [];

    public bool IsForgettable => Ready == 0 && Places.Count == 0;

    /// <summary>A task became ready. Who was away does not save up for the time.</summary>
    public void Enter(long virtualTime)
    {
        if (Ready++ == 0 && Had < virtualTime) HasHad(virtualTime);
    }

    public void Leave() => Ready--;

    /// <summary>A task of so many slots was granted.</summary>
    /// <returns>What it had had before: the virtual time of the queue.</returns>
    public long Charge(int slots)
    {
        var before = Had;
        HasHad(before + Math.Max(1, (long)(slots * Unit / Weight)));
        return before;
    }

    private void HasHad(long had)
    {
        Had = had;
        foreach (var place in Places) place.Follow();
    }
}

/// <summary>A fairness key in one line: its open lanes there, for each priority by the arrival of their first task.</summary>
internal sealed class FairPlace(FairShare share, Line line)
{
    private readonly IndexedHeap<LanePlace, ByPriority>?[] _lanes = new IndexedHeap<LanePlace, ByPriority>?[Lane.Priorities];

    public int Index = -1;

    private int _open;

    public FairShare Share { get; } = share;

    /// <summary>The first lane of a priority; null when none is open.</summary>
    public Lane? First(int priority) => _lanes[priority]?.Head?.Lane;

    /// <summary>Adds the first tasks of the lanes at the front, of each priority so many at most.</summary>
    public void CollectHeads(List<TaskItem> heads, int most)
    {
        for (var priority = 0; priority < Lane.Priorities; priority++)
        {
            if (_lanes[priority] is not { } lanes) continue;
            for (var index = 0; index < Math.Min(lanes.Count, most); index++) heads.Add(lanes[index].Lane.First(priority)!);
        }
    }

    /// <summary>Puts a lane where its first task of a priority belongs; <see cref="Moment.Never"/> takes it out.</summary>
    public void Set(LanePlace place, int priority, long order)
    {
        if (_lanes[priority] is not { } lanes)
        {
            if (order == Moment.Never) return;
            _lanes[priority] = lanes = new(new ByPriority(priority));
        }
        _open -= lanes.Count;
        lanes.Set(place, order);
        _open += lanes.Count;
        Follow();
    }

    /// <summary>What the key has had, or whether it has anything open here, has changed.</summary>
    public void Follow() => line.Fair.Set(this, _open > 0 ? Share.Had : Moment.Never);
}

/// <summary>A lane in one line.</summary>
internal sealed class LanePlace(Lane lane, FairPlace fair, Line line)
{
    public Places Indexes = Nowhere();

    public int OldestIndex = -1;

    private static Places Nowhere()
    {
        var places = default(Places);
        places[..].Fill(-1);
        return places;
    }

    /// <summary>Its place for each priority.</summary>
    [InlineArray(Lane.Priorities)]
    public struct Places
    {
        private int _first;
    }

    public Lane Lane { get; } = lane;

    public Line Line { get; } = line;

    public FairPlace Fair { get; } = fair;

    /// <summary>The lane's first task of a priority has changed, or there is none any more.</summary>
    public void Follow(int priority)
    {
        FollowFirst(priority);
        FollowOldest();
    }

    /// <summary>The lane was opened or closed.</summary>
    public void Follow()
    {
        for (var priority = 0; priority < Lane.Priorities; priority++) FollowFirst(priority);
        FollowOldest();
    }

    private void FollowFirst(int priority) => Fair.Set(this, priority, Lane.IsOpen ? Lane.FirstOrder(priority) : Moment.Never);

    private void FollowOldest() => Line.Oldest.Set(this, Lane.IsOpen ? Lane.OldestOrder : Moment.Never);
}

/// <summary>Places of lanes within one priority.</summary>
internal readonly struct ByPriority(int priority) : IHeapPlace<LanePlace>
{
    public ref int Index(LanePlace item) => ref item.Indexes[priority];
}

/// <summary>Places of lanes by their oldest task.</summary>
internal readonly struct ByOldest : IHeapPlace<LanePlace>
{
    public ref int Index(LanePlace item) => ref item.OldestIndex;
}

/// <summary>Places of fairness keys by what they have had.</summary>
internal readonly struct ByHad : IHeapPlace<FairPlace>
{
    public ref int Index(FairPlace item) => ref item.Index;

    public bool WinsTie(FairPlace left, FairPlace right) => string.CompareOrdinal(left.Share.Key, right.Share.Key) < 0;
}
