using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace TaskPlatform.Client.Wire;

/// <summary>Durations that were measured, in seconds; each null when none was.</summary>
public sealed record DurationFigures
{
    /// <summary>Their mean.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Mean { get; init; }
    /// <summary>Half of them took at most so long. Percentiles are at most a hundredth too high.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? P50 { get; init; }
    /// <summary>95 of 100 took at most so long.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? P95 { get; init; }
    /// <summary>99 of 100 took at most so long.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? P99 { get; init; }
}

/// <summary>
/// What a queue has done in a stretch of time: in the history, in five minutes, and of agents only <c>overall</c>. A figure that nothing speaks for is null.
/// </summary>
public record MetricsStep
{
    /// <summary>The end of the stretch.</summary>
    public required DateTimeOffset Timestamp { get; init; }
    /// <summary>For how much of the stretch the service served the queue, in seconds.</summary>
    public double CoveredSeconds { get; init; }
    /// <summary>Tasks at its end, finished ones that are not deleted too.</summary>
    public long TotalTasks { get; init; }
    /// <summary>The same by state.</summary>
    public required IReadOnlyDictionary<string, long> TasksByStatus { get; init; }
    /// <summary>The same by priority.</summary>
    public required IReadOnlyDictionary<string, long> TasksByPriority { get; init; }
    /// <summary>From the moment at which a task was ready to its grant; each grant counts.</summary>
    public required DurationFigures QueueTime { get; init; }
    /// <summary>From the first grant of the attempt that completed a task to its end.</summary>
    public required DurationFigures CompletionTime { get; init; }
    /// <summary>From the moment at which a ready task and an agent that asks for it were there to the grant's commit.</summary>
    public required DurationFigures AssignmentLatency { get; init; }
    /// <summary>Tasks completed an hour.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? ThroughputPerHour { get; init; }
    /// <summary>Busy slot-seconds of those on offer, 0 to 1, by agent; <c>overall</c> is for all agents together.</summary>
    public required IReadOnlyDictionary<string, double?> AgentUtilization { get; init; }
    /// <summary>Failed attempts of those that came to an end, 0 to 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? ErrorRate { get; init; }
    /// <summary>Completed tasks of those that were completed or failed, 0 to 1; cancelled ones are left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CompletionRate { get; init; }
    /// <summary>Seconds in the mailbox and on commits for each second in which a task was leased.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CoordinationOverhead { get; init; }
}

/// <summary>What a queue has done in the window that was asked for, and in each five minutes of the last day.</summary>
public sealed record QueueMetrics : MetricsStep
{
    /// <summary>Makes an empty one.</summary>
    public QueueMetrics()
    {
    }

    /// <summary>Makes one of the window's figures.</summary>
    [SetsRequiredMembers]
    public QueueMetrics(MetricsStep window)
        : base(window) => History = [];

    /// <summary>The window that was asked for, in seconds.</summary>
    [JsonPropertyOrder(1)]
    public double WindowSeconds { get; init; }
    /// <summary>The last day in steps of five minutes, the earliest first; the step that runs now is not among them.</summary>
    [JsonPropertyOrder(2)]
    public required IReadOnlyList<MetricsStep> History { get; init; }
}
