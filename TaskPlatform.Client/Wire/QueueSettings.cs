namespace TaskPlatform.Client.Wire;

/// <summary>
/// Settings of a queue. In a change every field is optional; what is left out stays, and a map that is given replaces the whole map. In a pattern of keys
/// <c>*</c> stands for any text.
/// </summary>
public sealed record QueueSettings
{
    /// <summary>What replies promise; durable unless set.</summary>
    public QueueDurability? Durability { get; init; }
    /// <summary>How the next task is chosen; fifo unless set.</summary>
    public QueuePolicy? Policy { get; init; }
    /// <summary>A waiting task rises by one priority in this many seconds; 0: never. 600 unless set.</summary>
    public double? AgeingSeconds { get; init; }
    /// <summary>How long finished tasks are kept.</summary>
    public RetentionSettings? Retention { get; init; }
    /// <summary>How many tasks run at once, by pattern of concurrency key.</summary>
    public IReadOnlyDictionary<string, int>? Concurrency { get; init; }
    /// <summary>How many tasks start in a period, by pattern of rate limit key.</summary>
    public IReadOnlyDictionary<string, RateSettings>? Rates { get; init; }
    /// <summary>Weights, by pattern of fairness key; 1 where none fits.</summary>
    public IReadOnlyDictionary<string, double>? Fairness { get; init; }
    /// <summary>What tasks may use together, by pattern of budget key.</summary>
    public IReadOnlyDictionary<string, BudgetSettings>? Budgets { get; init; }
    /// <summary>How much the queue holds.</summary>
    public LimitSettings? Limits { get; init; }
    /// <summary>The weights of the policies score and learned.</summary>
    public MatchingSettings? Matching { get; init; }
}

/// <summary>How long finished tasks are kept; whichever comes first.</summary>
public sealed record RetentionSettings
{
    /// <summary>Seconds since the end; a week unless set.</summary>
    public double? AgeSeconds { get; init; }
    /// <summary>How many; a million unless set.</summary>
    public int? Count { get; init; }
}

/// <summary>So many starts in so many seconds: in no period of this length there are more.</summary>
public sealed record RateSettings
{
    /// <summary>How many.</summary>
    public int? Count { get; init; }
    /// <summary>In how many seconds.</summary>
    public double? PerSeconds { get; init; }
}

/// <summary>What the tasks of one budget key may use together: tokens, cost, or both.</summary>
public sealed record BudgetSettings
{
    /// <summary>Tokens of language models.</summary>
    public long? Tokens { get; init; }
    /// <summary>Money, in the operator's unit.</summary>
    public decimal? Cost { get; init; }
    /// <summary>In how many seconds, counted from the key's first use on; unset: for ever.</summary>
    public double? PerSeconds { get; init; }
    /// <summary>What becomes of a task for which nothing is left; wait when unset.</summary>
    public WhenExhausted? OnExhausted { get; init; }
}

/// <summary>How much a queue holds.</summary>
public sealed record LimitSettings
{
    /// <summary>Tasks that are not over, at most; as many as the service takes unless set.</summary>
    public int? UnfinishedTasks { get; init; }
}
