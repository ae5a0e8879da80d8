using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>
/// Ready tasks that are alike for claiming: same type, same demands. One heap per priority, by arrival, so that the best task of a
/// lane is among four heads however many stand behind them.
/// </summary>
internal sealed class Lane(string type, ImmutableArray<string> capabilities)
{
    private const int Priorities = 4;

    private readonly IndexedHeap<TaskItem, ByArrival>[] _byPriority = [new(), new(), new(), new()];

    public string Type { get; } = type;

    public ImmutableArray<string> Capabilities { get; } = capabilities;

    public int Count { get; private set; }

    /// <summary>The shapes of agents that may take from here.</summary>
    public List<AgentShape> Shapes { get; } = [];

    /// <summary>Whether a task came in since waiting claims were last looked at.</summary>
    public bool IsWoken { get; set; }

    public void Add(TaskItem task)
    {
        HeapOf(task).Add(task);
        task.Lane = this;
        Count++;
    }

    public void Remove(TaskItem task)
    {
        HeapOf(task).Remove(task);
        task.Lane = null;
        Count--;
    }

    /// <summary>
    /// The task to go first. Waiting raises a task's priority by one step for each <paramref name="ageingMs"/>; within a priority the head
    /// has waited longest, so comparing heads is enough and nothing ever moves.
    /// </summary>
    public TaskItem? Best(long nowUnixMs, long ageingMs)
    {
        TaskItem? best = null;
        for (var index = 0; index < Priorities; index++)
        {
            if (_byPriority[index].Head is { } head && (best is null || GoesBefore(head, best, nowUnixMs, ageingMs))) best = head;
        }
        return best;
    }

    public long OldestUnixMs()
    {
        var oldest = Moment.Never;
        foreach (var heap in _byPriority)
        {
            if (heap.Head is { } head) oldest = Math.Min(oldest, head.CreatedUnixMs);
        }
        return oldest;
    }

    /// <summary>Effective priority, then arrival.</summary>
    public static bool GoesBefore(TaskItem left, TaskItem right, long nowUnixMs, long ageingMs)
    {
        var leftRank = EffectivePriority(left, nowUnixMs, ageingMs);
        var rightRank = EffectivePriority(right, nowUnixMs, ageingMs);
        return leftRank != rightRank ? leftRank < rightRank : left.Order < right.Order;
    }

    private static long EffectivePriority(TaskItem task, long nowUnixMs, long ageingMs)
    {
        if (ageingMs <= 0) return (long)task.Priority;
        var steps = Math.Max(0, nowUnixMs - task.CreatedUnixMs) / ageingMs;
        return Math.Max((long)TaskPriority.Critical, (long)task.Priority - steps);
    }

    private IndexedHeap<TaskItem, ByArrival> HeapOf(TaskItem task) => _byPriority[(int)task.Priority - 1];
}
