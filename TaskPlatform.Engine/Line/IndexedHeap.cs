namespace TaskPlatform.Engine;

/// <summary>Says how a heap orders its items and where an item keeps its place in the heap.</summary>
internal interface IHeapOrder<TItem>
{
    static abstract bool Before(TItem left, TItem right);

    static abstract ref int Index(TItem item);
}

/// <summary>
/// A binary heap whose items know their place, so that any of them can be taken out or moved in O(log n) without a search.
/// </summary>
internal sealed class IndexedHeap<TItem, TOrder> where TItem : class where TOrder : IHeapOrder<TItem>
{
    private readonly List<TItem> _items = [];

    public int Count => _items.Count;

    public TItem? Head => _items.Count > 0 ? _items[0] : null;

    public IReadOnlyList<TItem> Items => _items;

    public void Add(TItem item)
    {
        _items.Add(item);
        TOrder.Index(item) = _items.Count - 1;
        Rise(_items.Count - 1);
    }

    public void Remove(TItem item)
    {
        var index = TOrder.Index(item);
        TOrder.Index(item) = -1;
        var last = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        if (ReferenceEquals(last, item)) return;
        Place(last, index);
        Moved(last);
    }

    /// <summary>To be called when the item's key changed.</summary>
    public void Moved(TItem item)
    {
        Rise(TOrder.Index(item));
        Sink(TOrder.Index(item));
    }

    private void Rise(int index)
    {
        var item = _items[index];
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!TOrder.Before(item, _items[parent])) break;
            Place(_items[parent], index);
            index = parent;
        }
        Place(item, index);
    }

    private void Sink(int index)
    {
        var item = _items[index];
        while (true)
        {
            var child = 2 * index + 1;
            if (child >= _items.Count) break;
            if (child + 1 < _items.Count && TOrder.Before(_items[child + 1], _items[child])) child++;
            if (!TOrder.Before(_items[child], item)) break;
            Place(_items[child], index);
            index = child;
        }
        Place(item, index);
    }

    private void Place(TItem item, int index)
    {
        _items[index] = item;
        TOrder.Index(item) = index;
    }
}

internal readonly struct ByArrival : IHeapOrder<TaskItem>
{
    public static bool Before(TaskItem left, TaskItem right) => left.Order < right.Order;

    public static ref int Index(TaskItem item) => ref item.LaneIndex;
}

internal readonly struct ByTimer : IHeapOrder<TaskItem>
{
    public static bool Before(TaskItem left, TaskItem right) => left.TimerTick < right.TimerTick;

    public static ref int Index(TaskItem item) => ref item.TimerIndex;
}

internal readonly struct ByWallTime : IHeapOrder<TaskItem>
{
    public static bool Before(TaskItem left, TaskItem right) => left.WallDueMs < right.WallDueMs;

    public static ref int Index(TaskItem item) => ref item.WallIndex;
}
