using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What tasks of a lane have in common: to whoever claims they differ in priority and arrival only.</summary>
internal readonly record struct LaneKey(
    string Type, string Capabilities, string? ConcurrencyKey, string? RateLimitKey, string? FairnessKey, string? BudgetKey, string? BudgetGraph, int Weight,
    string? CandidateRateKey = null);

/// <summary>
/// Ready tasks that are alike for claiming. One heap per priority, by arrival, so that the best task of a lane is among four heads however
/// many stand behind them. While one of its gates is closed, or its type is paused, a lane is parked: no agent's line holds it.
/// </summary>
internal sealed class Lane(LaneKey key, ImmutableArray<string> capabilities, FairShare share)
{
    public const int Priorities = 4;

    private readonly IndexedHeap<TaskItem, InLane>?[] _byPriority = new IndexedHeap<TaskItem, InLane>?[Priorities];

    public LaneKey Key { get; } = key;

    public string Type => Key.Type;

    public int Weight => Key.Weight;

    /// <summary>What an agent must be able to do besides the type.</summary>
    public ImmutableArray<string> Capabilities { get; } = capabilities.RemoveAll(TaskPlatform.Engine.Addressee.Is);

    /// <summary>The one agent that its tasks are meant for; null: whoever can.</summary>
    public string? Addressee { get; } = TaskPlatform.Engine.Addressee.In(capabilities);

    public FairShare Share { get; } = share;

    public ConcurrencyGate? Concurrency { get; init; }

    public RateGate? Rate { get; init; }

    /// <summary>The rate limit of the candidate that its tasks were routed to, beside their own.</summary>
    public RateGate? CandidateRate { get; init; }

    public BudgetGate? Budget { get; init; }

    public BudgetGate? GraphBudget { get; init; }

    public int Count { get; private set; }

    /// <summary>The shapes of agents that may take from here.</summary>
    public List<AgentShape> Shapes { get; } = [];

    /// <summary>Its places in their lines.</summary>
    public List<LanePlace> Places { get; } = [];

    /// <summary>Whether tasks of its type are held back.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Whether its first task waits for budget that others have set aside.</summary>
    public bool IsHeld => HeldBy is not null;

    /// <summary>The budget in which others have set aside what its first task needs; null: there is none.</summary>
    public BudgetGate? HeldBy
    {
        get;
        set
        {
            var held = (value is null ? 0 : 1) - (field is null ? 0 : 1);
            field = value;
            if (Budget is not null) Budget.HeldLanes += held;
            if (GraphBudget is not null) GraphBudget.HeldLanes += held;
        }
    }

    /// <summary>Whether tasks for which no budget is left are being taken out of it.</summary>
    public bool IsSettling { get; set; }

    /// <summary>Whether agents' lines hold it.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether a task came in or a gate opened since waiting claims were last looked at.</summary>
    public bool IsWoken { get; set; }

    /// <summary>When it was last granted from, on the monotonic clock; 0: never.</summary>
    public long LastGrantTick { get; private set; }

    /// <summary>When somebody last asked and an agent was here that fits, in Unix milliseconds; 0: never.</summary>
    public long LastFitUnixMs { get; set; }

    /// <summary>The moving average of the time between two grants, in milliseconds; 0 before the second.</summary>
    public double MeanGrantMs { get; private set; }

    public void Add(TaskItem task)
    {
        var heap = _byPriority[PriorityOf(task)] ??= new();
        heap.Add(task, task.Order);
        task.Lane = this;
        Count++;
        if (ReferenceEquals(heap.Head, task)) HeadChanged(PriorityOf(task));
    }

    public void Remove(TaskItem task)
    {
        var heap = _byPriority[PriorityOf(task)]!;
        var wasHead = ReferenceEquals(heap.Head, task);
        heap.Remove(task);
        Count--;
        if (wasHead) HeadChanged(PriorityOf(task));
    }

    private void HeadChanged(int priority)
    {
        HeldBy = null;
        if (Refresh()) return;
        if (!IsOpen) return;
        foreach (var place in Places) place.Follow(priority);
    }

    /// <summary>Opens or parks the lane as its gates say.</summary>
    /// <returns>Whether that changed anything.</returns>
    public bool Refresh()
    {
        var isOpen = Count > 0 && !IsPaused && !IsHeld && !IsSettling && Concurrency is not { IsClosed: true } && Rate is not { IsClosed: true } && CandidateRate is not { IsClosed: true };
        if (isOpen == IsOpen) return false;
        IsOpen = isOpen;
        foreach (var place in Places) place.Follow();
        return true;
    }

    /// <summary>The first task of a priority, 0 to 3.</summary>
    public TaskItem? First(int priority) => _byPriority[priority]?.Head;

    public long FirstOrder(int priority) => _byPriority[priority]?.HeadKey ?? Moment.Never;

    /// <summary>The arrival of the oldest of all its tasks.</summary>
    public long OldestOrder
    {
        get
        {
            var oldest = Moment.Never;
            foreach (var heap in _byPriority) oldest = Math.Min(oldest, heap?.HeadKey ?? Moment.Never);
            return oldest;
        }
    }

    public TaskItem? Oldest()
    {
        TaskItem? oldest = null;
        foreach (var heap in _byPriority)
        {
            if (heap?.Head is { } head && (oldest is null || head.Order < oldest.Order)) oldest = head;
        }
        return oldest;
    }

    /// <summary>How many of its tasks go before one of them; <paramref name="most"/> where there are as many or more.</summary>
    public int CountBefore(TaskItem task, long nowUnixMs, long ageingMs, int most)
    {
        var before = 0;
        foreach (var heap in _byPriority)
        {
            if (heap is not null && before < most) before += heap.CountWhile(other => GoesBefore(other, task, nowUnixMs, ageingMs), most - before);
        }
        return before;
    }

    public void Granted(long tick)
    {
        const double Alpha = 0.1;
        if (LastGrantTick > 0) MeanGrantMs = MeanGrantMs == 0 ? tick - LastGrantTick : (1 - Alpha) * MeanGrantMs + Alpha * (tick - LastGrantTick);
        LastGrantTick = tick;
    }

    /// <summary>Effective priority, then arrival. Waiting raises a task's priority by one step for each <paramref name="ageingMs"/>.</summary>
    public static bool GoesBefore(TaskItem left, TaskItem right, long nowUnixMs, long ageingMs)
    {
        var leftRank = EffectivePriority(left, nowUnixMs, ageingMs);
        var rightRank = EffectivePriority(right, nowUnixMs, ageingMs);
        return leftRank != rightRank ? leftRank < rightRank : left.Order < right.Order;
    }

    /// <summary>1 (critical) to 4 (low), raised by waiting.</summary>
    public static long EffectivePriority(TaskItem task, long nowUnixMs, long ageingMs)
    {
        if (ageingMs <= 0) return (long)task.Priority;
        var age = nowUnixMs - task.CreatedUnixMs;
        return age < ageingMs ? (long)task.Priority : Math.Max((long)TaskPriority.Critical, (long)task.Priority - age / ageingMs);
    }

    private static int PriorityOf(TaskItem task) => (int)task.Priority - 1;
}
