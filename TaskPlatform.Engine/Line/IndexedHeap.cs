namespace TaskPlatform.Engine;

/// <summary>Says where an item keeps its place in a heap, and which of two with the same key goes first.</summary>
internal interface IHeapPlace<in TItem>
{
    /// <summary>Where the item keeps its place; below zero while it is in no heap.</summary>
    ref int Index(TItem item);

    /// <summary>Of two items with the same key, whether the left one goes first.</summary>
    bool WinsTie(TItem left, TItem right) => false;
}

/// <summary>
/// A binary heap by a number, smallest first, whose items know their place, so that any of them can be taken out or moved in O(log n)
/// without a search. The numbers stand in the heap itself: comparing touches no item.
/// </summary>
internal sealed class IndexedHeap<TItem, TPlace>(TPlace place = default) where TItem : class where TPlace : struct, IHeapPlace<TItem>
{
    private const int Few = 16;

    private (long Key, TItem Item)[] _entries = [];

    /// <summary>How many items there are.</summary>
    public int Count { get; private set; }

    /// <summary>The item with the smallest key; null when there is none.</summary>
    public TItem? Head => Count > 0 ? _entries[0].Item : null;

    /// <summary>The smallest key; <see cref="Moment.Never"/> when there is none.</summary>
    public long HeadKey => Count > 0 ? _entries[0].Key : Moment.Never;

    /// <summary>An item in the order of the heap, which is none.</summary>
    public TItem this[int index] => _entries[index].Item;

    public long KeyOf(TItem item) => _entries[place.Index(item)].Key;

    public bool Contains(TItem item) => place.Index(item) >= 0;

    /// <summary>Puts an item where its key belongs: in, elsewhere, or with <see cref="Moment.Never"/> out.</summary>
    public void Set(TItem item, long key)
    {
        var index = place.Index(item);
        if (key == Moment.Never)
        {
            if (index >= 0) Remove(item);
        }
        else if (index < 0) Add(item, key);
        else if (_entries[index].Key != key) Move(index, item, key);
    }

    public void Add(TItem item, long key)
    {
        if (Count == _entries.Length) Array.Resize(ref _entries, Math.Max(4, 2 * Count));
        Rise(Count++, item, key);
    }

    public void Remove(TItem item)
    {
        var index = place.Index(item);
        place.Index(item) = -1;
        var (key, last) = _entries[--Count];
        _entries[Count] = default;
        if (!ReferenceEquals(last, item)) Move(index, last, key);
        if (Count > Few && Count < _entries.Length / 4) Array.Resize(ref _entries, _entries.Length / 2);
    }

    /// <summary>
    /// How many items fulfil a condition that, where an item does not, nothing below it does: looks at those that do and at their children only.
    /// </summary>
    /// <returns>The number, or <paramref name="most"/> where there are as many or more.</returns>
    public int CountWhile(Func<TItem, bool> condition, int most)
    {
        var (found, open) = (0, new Stack<int>([0]));
        while (found < most && open.TryPop(out var index))
        {
            if (index >= Count || !condition(_entries[index].Item)) continue;
            found++;
            open.Push(2 * index + 1);
            open.Push(2 * index + 2);
        }
        return found;
    }

    private void Move(int index, TItem item, long key)
    {
        if (index > 0 && Before(key, item, _entries[(index - 1) / 2])) Rise(index, item, key);
        else Sink(index, item, key);
    }

    private void Rise(int index, TItem item, long key)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!Before(key, item, _entries[parent])) break;
            Place(_entries[parent], index);
            index = parent;
        }
        Place((key, item), index);
    }

    private void Sink(int index, TItem item, long key)
    {
        while (true)
        {
            var child = 2 * index + 1;
            if (child >= Count) break;
            if (child + 1 < Count && Before(_entries[child + 1].Key, _entries[child + 1].Item, _entries[child])) child++;
            if (!Before(_entries[child].Key, _entries[child].Item, (key, item))) break;
            Place(_entries[child], index);
            index = child;
        }
        Place((key, item), index);
    }

    private bool Before(long key, TItem item, in (long Key, TItem Item) other)
        => key < other.Key || (key == other.Key && place.WinsTie(item, other.Item));

    private void Place(in (long Key, TItem Item) entry, int index)
    {
        _entries[index] = entry;
        place.Index(entry.Item) = index;
    }
}

/// <summary>A task's place in its lane.</summary>
internal readonly struct InLane : IHeapPlace<TaskItem>
{
    public ref int Index(TaskItem item) => ref item.LaneIndex;
}

/// <summary>A task's place among those for which something is due on the monotonic clock.</summary>
internal readonly struct InTimers : IHeapPlace<TaskItem>
{
    public ref int Index(TaskItem item) => ref item.TimerIndex;

    public bool WinsTie(TaskItem left, TaskItem right) => left.Order < right.Order;
}

/// <summary>A task's place among those for which something is due on the wall clock.</summary>
internal readonly struct InWallTimers : IHeapPlace<TaskItem>
{
    public ref int Index(TaskItem item) => ref item.WallIndex;

    public bool WinsTie(TaskItem left, TaskItem right) => left.Order < right.Order;
}
