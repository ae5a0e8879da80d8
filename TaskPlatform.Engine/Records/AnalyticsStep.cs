using System.Collections.Immutable;
using System.Globalization;

namespace TaskPlatform.Engine;

/// <summary>How many measured values lie in one bucket of a histogram.</summary>
/// <param name="Value">The highest value of the bucket: at most a hundredth above what was measured.</param>
/// <param name="Count">How many; 1 at least.</param>
public readonly record struct Bucket(uint Value, uint Count);

/// <summary>Values that were measured: exact in number and sum, to a hundredth in size. Several are added up bucket by bucket.</summary>
/// <param name="Sum">All of them together.</param>
/// <param name="Buckets">Those buckets that hold any, by value.</param>
public sealed record Spread(long Sum, ImmutableArray<Bucket> Buckets)
{
    /// <summary>Nothing was measured.</summary>
    public static readonly Spread None = new(0, []);
}

/// <summary>Five minutes of a queue's analytics. Steps begin at whole multiples of their length, by the wall clock.</summary>
public sealed record AnalyticsStep : IQueueRecord
{
    /// <summary>How long a step is, in milliseconds.</summary>
    public const long LengthMs = 300_000;

    /// <summary>Steps of a day.</summary>
    public const int OfADay = 288;

    /// <summary>Places for steps: for a day of them and the one that runs, which takes the place of the one before that day.</summary>
    public const int Kept = OfADay + 1;

    /// <summary>When it began, in Unix milliseconds.</summary>
    public required long StartUnixMs { get; init; }

    /// <summary>When it was looked at last, in Unix milliseconds: at its end, or when the service stopped in the middle of it.</summary>
    public long EndUnixMs { get; init; }

    /// <summary>For how much of it somebody served the queue, in milliseconds.</summary>
    public long CoveredMs { get; init; }

    /// <summary>How many tasks were in each state at its end, by the state's number.</summary>
    public ImmutableArray<int> Counts { get; init; } = [.. new int[TaskStates.Count]];

    /// <summary>How many tasks had each priority at its end, <see cref="TaskPriority.Critical"/> first.</summary>
    public ImmutableArray<int> Priorities { get; init; } = [.. new int[(int)TaskPriority.Low]];

    /// <summary>Tasks that were completed in it.</summary>
    public long Completed { get; init; }

    /// <summary>Tasks that failed for good.</summary>
    public long Failed { get; init; }

    /// <summary>Attempts that came to a result.</summary>
    public long AttemptsCompleted { get; init; }

    /// <summary>Attempts that failed or whose lease was lost.</summary>
    public long AttemptsFailed { get; init; }

    /// <summary>What commands spent in the mailbox and on their commits, added up, in microseconds.</summary>
    public long CoordinationUs { get; init; }

    /// <inheritdoc cref="QueueLoad.RunMs"/>
    public long RunMs { get; init; }

    /// <summary>What the slots of all agents had.</summary>
    public SlotTime Slots { get; init; }

    /// <summary>What those of single agents had.</summary>
    public ImmutableArray<AgentTime> Agents { get; init; } = [];

    /// <summary>From "ready" to the grant, in milliseconds.</summary>
    public Spread QueueTime { get; init; } = Spread.None;

    /// <summary>From a completed attempt's first grant to its end, in milliseconds.</summary>
    public Spread CompletionTime { get; init; } = Spread.None;

    /// <summary>From the moment at which a task and an agent for it were there to the grant's commit, in microseconds.</summary>
    public Spread AssignmentLatency { get; init; } = Spread.None;

    /// <summary>Its place, from 0.</summary>
    public int Place => PlaceOf(StartUnixMs);

    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Step;

    /// <inheritdoc/>
    public string Key => Place.ToString(CultureInfo.InvariantCulture);

    /// <summary>The place of the step that begins then.</summary>
    public static int PlaceOf(long startUnixMs) => (int)(startUnixMs / LengthMs % Kept);

    /// <summary>When the step began that a moment lies in, in Unix milliseconds.</summary>
    public static long StartOf(long unixMs) => unixMs - unixMs % LengthMs;
}
