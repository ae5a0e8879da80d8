using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What an answer promises.</summary>
/// <remarks>The numbers stand in stored records: never change one.</remarks>
public enum Durability : byte
{
    /// <summary>Everything is stored before it is answered.</summary>
    Durable = 0,

    /// <summary>Leases are stored before they are answered, everything else within five seconds.</summary>
    Buffered = 1,

    /// <summary>Nothing is stored but the settings.</summary>
    Memory = 2,
}

/// <summary>So many grants in a period.</summary>
/// <param name="Count">How many, 1 or more.</param>
/// <param name="PerMs">The period, in milliseconds: in none of this length there are more.</param>
public readonly record struct RateLimit(int Count, long PerMs);

/// <summary>What becomes of a task whose budget key is exhausted.</summary>
/// <remarks>The numbers stand in stored records: never change one.</remarks>
public enum WhenExhausted : byte
{
    /// <summary>It waits for a new period, a higher budget, or somebody who lets it go on.</summary>
    Wait = 0,

    /// <summary>It fails.</summary>
    Fail = 1,

    /// <summary>It goes to the cheaper agents of its route; without one it waits.</summary>
    Route = 2,
}

/// <summary>What the tasks of a budget key may use together.</summary>
/// <param name="Amount">How much.</param>
/// <param name="PerMs">In which period, in milliseconds, of the calendar since 1970 (UTC): a day's begins at midnight; null: for ever.</param>
/// <param name="OnExhausted">What becomes of a task for which nothing is left.</param>
public sealed record BudgetLimit(TaskBudget Amount, long? PerMs, WhenExhausted OnExhausted);

/// <summary>How long finished tasks are kept; whichever comes first.</summary>
/// <param name="AgeMs">Milliseconds since the end.</param>
/// <param name="Count">How many.</param>
public readonly record struct Retention(long AgeMs, int Count)
{
    /// <summary>A week, and a million.</summary>
    public static readonly Retention Default = new(7L * 24 * 3_600_000, 1_000_000);
}

/// <summary>What an operator sets on a queue. Stored with the queue.</summary>
public sealed record QueueSettings
{
    /// <summary>A queue that nobody has set anything on.</summary>
    public static readonly QueueSettings Default = new();

    /// <summary>What its answers promise.</summary>
    public Durability Durability { get; init; }

    /// <summary>How long a task waits before it counts as one priority higher, in milliseconds; 0 or <see cref="Moment.Never"/>: it never does.</summary>
    public long AgeingMs { get; init; } = 600_000;

    /// <summary>Whether nothing at all is handed out.</summary>
    public bool Paused { get; init; }

    /// <summary>Types of which nothing is handed out.</summary>
    public ImmutableSortedSet<string> PausedTypes { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>How long finished tasks are kept.</summary>
    public Retention Retention { get; init; } = Retention.Default;

    /// <summary>How many tasks of one concurrency key are leased at the same time, by pattern of key.</summary>
    public KeyPatterns<int> Concurrency { get; init; } = KeyPatterns<int>.None;

    /// <summary>How many tasks of one rate limit key are granted in a period, by pattern of key.</summary>
    public KeyPatterns<RateLimit> Rates { get; init; } = KeyPatterns<RateLimit>.None;

    /// <summary>The weights of fairness keys, by pattern; 1 where none fits.</summary>
    public KeyPatterns<double> Fairness { get; init; } = KeyPatterns<double>.None;

    /// <summary>What the tasks of one budget key may use, by pattern of key.</summary>
    public KeyPatterns<BudgetLimit> Budgets { get; init; } = KeyPatterns<BudgetLimit>.None;

    /// <summary>Unfinished tasks at most; null: as many as the service takes.</summary>
    public int? UnfinishedTasks { get; init; }

    /// <summary>Which ready task goes to which free agent.</summary>
    public MatchPolicy Policy { get; init; }

    /// <summary>The weights and bounds of the policy.</summary>
    public MatchSettings Matching { get; init; } = MatchSettings.Default;

    /// <summary>Whether tasks of this type are held back.</summary>
    public bool IsPaused(string type) => Paused || PausedTypes.Contains(type);

    /// <summary>How long after its submit no later task of the same agents is started before it, in milliseconds: the bound on starvation.</summary>
    internal long StarvationMs => AgeingMs is 0 or > Moment.Never / 3 ? Moment.Never : 3 * AgeingMs;
}

/// <summary>Settings to change; null leaves one as it is.</summary>
public sealed record SettingsChange
{
    /// <inheritdoc cref="QueueSettings.Durability"/>
    public Durability? Durability { get; init; }

    /// <inheritdoc cref="QueueSettings.AgeingMs"/>
    public long? AgeingMs { get; init; }

    /// <inheritdoc cref="Engine.Retention.AgeMs"/>
    public long? RetentionAgeMs { get; init; }

    /// <inheritdoc cref="Engine.Retention.Count"/>
    public int? RetentionCount { get; init; }

    /// <inheritdoc cref="QueueSettings.Concurrency"/>
    public KeyPatterns<int>? Concurrency { get; init; }

    /// <inheritdoc cref="QueueSettings.Rates"/>
    public KeyPatterns<RateLimit>? Rates { get; init; }

    /// <inheritdoc cref="QueueSettings.Fairness"/>
    public KeyPatterns<double>? Fairness { get; init; }

    /// <inheritdoc cref="QueueSettings.Budgets"/>
    public KeyPatterns<BudgetLimit>? Budgets { get; init; }

    /// <inheritdoc cref="QueueSettings.UnfinishedTasks"/>
    public int? UnfinishedTasks { get; init; }

    /// <inheritdoc cref="QueueSettings.Policy"/>
    public MatchPolicy? Policy { get; init; }

    /// <inheritdoc cref="QueueSettings.Matching"/>
    public MatchChange? Matching { get; init; }
}
