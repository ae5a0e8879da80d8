namespace TaskPlatform.Engine;

/// <summary>An amount of model tokens and of money; null: no limit of that kind.</summary>
/// <param name="Tokens">Tokens of language models, 0 or more.</param>
/// <param name="Cost">Money, in the operator's unit, 0 or more.</param>
public sealed record TaskBudget(long? Tokens, double? Cost);

/// <summary>With which other tasks a task shares a limit, a turn or a budget, and how much of each it takes.</summary>
public sealed record TaskFlow
{
    /// <summary>A task that shares nothing; one object for all of them.</summary>
    public static readonly TaskFlow None = new();

    /// <summary>Of the tasks with this key only so many are leased at the same time as the queue's settings say.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>Of the tasks with this key only so many are granted in a period as the queue's settings say.</summary>
    public string? RateLimitKey { get; init; }

    /// <summary>Keys take turns by their weights; tasks without one share a key of their own.</summary>
    public string? FairnessKey { get; init; }

    /// <summary>How many slots of an agent it takes, and how much of its fairness key's turn; 1 or more.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The budget of the queue's settings that it draws on.</summary>
    public string? BudgetKey { get; init; }

    /// <summary>What the task itself may use in all its attempts.</summary>
    public TaskBudget? Budget { get; init; }

    /// <summary>
    /// The route that says who takes it: from the start where it demands no capability of its own, else when its budget key is exhausted and set to <c>route</c>. Where
    /// the queue has no route of that name, it is the capability of those who take it then.
    /// </summary>
    public string? Route { get; init; }
}
