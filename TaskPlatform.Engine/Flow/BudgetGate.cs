namespace TaskPlatform.Engine;

/// <summary>Whether a budget has room for a grant.</summary>
internal enum BudgetVerdict
{
    /// <summary>It has.</summary>
    Fits,

    /// <summary>It may have when grants that run have ended.</summary>
    Held,

    /// <summary>It has not, and will not by itself before its period ends.</summary>
    Exhausted,
}

/// <summary>What the tasks of one budget key, or of one graph, have used and set aside.</summary>
internal sealed class BudgetGate(string key, GraphItem? graph = null) : IQueueRecord
{
    public int Index = -1;

    /// <summary>The budget key; the graph's id for a graph.</summary>
    public string Key { get; } = key;

    public GraphItem? Graph { get; } = graph;

    /// <summary>What may be used; null: anything.</summary>
    public BudgetLimit? Limit { get; set; }

    /// <summary>Used in the period of the last use; see <see cref="UsedAt"/>.</summary>
    public Usage Used { get; private set; }

    /// <summary>Set aside for grants that run.</summary>
    public Usage Reserved { get; private set; }

    /// <summary>Grants that run.</summary>
    public int Holders { get; private set; }

    /// <summary>When the period of the last use began, in Unix milliseconds; 0 where there are no periods or nothing was used.</summary>
    public long PeriodStartUnixMs { get; private set; }

    /// <summary>The lanes that draw on it.</summary>
    public List<Lane> Lanes { get; } = [];

    /// <summary>Tasks that wait for it, in the order of arrival.</summary>
    public SortedSet<TaskItem> Waiting { get; } = new(Comparer<TaskItem>.Create((left, right) => left.Order.CompareTo(right.Order)));

    public RecordKind Kind => RecordKind.Budget;

    /// <summary>How many of its lanes wait for what is set aside.</summary>
    public int HeldLanes { get; set; }

    /// <summary>What was used matters only where there is a limit.</summary>
    public bool IsForgettable(long nowUnixMs) => Lanes.Count == 0 && Waiting.Count == 0 && Holders == 0 && (Limit is null || UsedAt(nowUnixMs) == default);

    /// <summary>When the period after the one that runs begins, in Unix milliseconds; <see cref="Moment.Never"/> where there are none.</summary>
    public long NextPeriod(long nowUnixMs) => Limit is { PerMs: { } period } ? Period(nowUnixMs) + period : Moment.Never;

    /// <summary>
    /// Used in the period that runs. Periods are the calendar's, counted from 1970 (UTC): a period of a day begins at midnight, and no look at it moves it. A use
    /// that the clock says is yet to come counts for nothing: it was ahead for a moment, and nobody is to wait until it is so again.
    /// </summary>
    public Usage UsedAt(long nowUnixMs)
        => Limit is { PerMs: not null } && (PeriodStartUnixMs < Period(nowUnixMs) || PeriodStartUnixMs > nowUnixMs) ? default : Used;

    public BudgetVerdict Ask(Usage need, long nowUnixMs)
    {
        if (Limit is not { Amount: var amount }) return BudgetVerdict.Fits;
        var used = UsedAt(nowUnixMs);
        var tokens = Ask(amount.Tokens, used.Tokens, Reserved.Tokens, need.Tokens);
        var cost = Ask(amount.Cost, used.Cost, Reserved.Cost, need.Cost);
        return tokens > cost ? tokens : cost;
    }

    public void Reserve(Usage need)
    {
        Holders++;
        Reserved += need;
    }

    /// <summary>A grant has ended.</summary>
    public void Settle(Usage reserved, Usage used, long nowUnixMs)
    {
        // Sums of fractions do not come out even: where nobody holds anything, nothing is set aside.
        Reserved = --Holders == 0 ? default : Reserved - reserved;
        Use(used, nowUnixMs);
    }

    /// <summary>So much was used, whether or not it had been set aside.</summary>
    public void Use(Usage used, long nowUnixMs)
    {
        if (used == default) return;
        (Used, PeriodStartUnixMs) = (UsedAt(nowUnixMs) + used, Period(nowUnixMs));
        if (Graph is not null) Graph.Used = Used;
    }

    private long Period(long nowUnixMs) => Limit is { PerMs: { } period } ? nowUnixMs - nowUnixMs % period : 0;

    public BudgetEntry ToEntry() => new(Key, Used, PeriodStartUnixMs);

    public void Load(Usage used, long periodStartUnixMs) => (Used, PeriodStartUnixMs) = (used, periodStartUnixMs);

    private static BudgetVerdict Ask(double? limit, double used, double reserved, double need)
    {
        if (limit is not { } most) return BudgetVerdict.Fits;
        if (used >= most || used + need > most) return BudgetVerdict.Exhausted;
        return used + reserved >= most || used + reserved + need > most ? BudgetVerdict.Held : BudgetVerdict.Fits;
    }
}

/// <summary>Budgets for whose next period somebody waits, by when it begins.</summary>
internal readonly struct ByPeriod : IHeapPlace<BudgetGate>
{
    public ref int Index(BudgetGate item) => ref item.Index;
}
