using System.Collections.Immutable;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Analytics;

/// <summary>Steps are added up, and figures made of what they hold.</summary>
internal static class Steps
{
    private const double HourMs = 3_600_000;

    /// <summary>One step with all that the steps given hold; counts of tasks are those of the last.</summary>
    /// <param name="steps">One at least, in order of time.</param>
    public static AnalyticsStep Sum(IReadOnlyList<AnalyticsStep> steps)
    {
        if (steps.Count == 1) return steps[0];
        return steps[^1] with
        {
            StartUnixMs = steps[0].StartUnixMs,
            CoveredMs = steps.Sum(step => step.CoveredMs),
            Completed = steps.Sum(step => step.Completed),
            Failed = steps.Sum(step => step.Failed),
            AttemptsCompleted = steps.Sum(step => step.AttemptsCompleted),
            AttemptsFailed = steps.Sum(step => step.AttemptsFailed),
            CoordinationUs = steps.Sum(step => step.CoordinationUs),
            RunMs = steps.Sum(step => step.RunMs),
            Slots = steps.Aggregate(default(SlotTime), (sum, step) => sum + step.Slots),
            Agents = Sum(steps.SelectMany(step => step.Agents)),
            QueueTime = Sum(steps.Select(step => step.QueueTime)),
            CompletionTime = Sum(steps.Select(step => step.CompletionTime)),
            AssignmentLatency = Sum(steps.Select(step => step.AssignmentLatency)),
        };
    }

    /// <summary>Completed tasks an hour; null when nobody has served the queue for a moment.</summary>
    public static double? ThroughputPerHour(this AnalyticsStep step) => Share(step.Completed * HourMs, step.CoveredMs);

    /// <summary>The share of attempts that failed; null when none ended.</summary>
    public static double? ErrorRate(this AnalyticsStep step) => Share(step.AttemptsFailed, step.AttemptsCompleted + step.AttemptsFailed);

    /// <summary>The share of tasks that were completed of those that were or failed; null when there were none.</summary>
    public static double? CompletionRate(this AnalyticsStep step) => Share(step.Completed, step.Completed + step.Failed);

    /// <summary>The time that the queue cost for each unit of time in which tasks were worked on; null when none was.</summary>
    public static double? CoordinationOverhead(this AnalyticsStep step) => Share(step.CoordinationUs / 1_000.0, step.RunMs);

    /// <summary>The share of the time on offer in which slots were busy; null when none was on offer.</summary>
    public static double? Utilization(this SlotTime time) => Share(time.BusyMs, time.OfferedMs);

    private static double? Share(double part, long whole) => whole > 0 ? part / whole : null;

    private static ImmutableArray<AgentTime> Sum(IEnumerable<AgentTime> agents)
    {
        var times = new Dictionary<string, SlotTime>(StringComparer.Ordinal);
        foreach (var agent in agents) times[agent.AgentId] = times.GetValueOrDefault(agent.AgentId) + agent.Time;
        return AgentTime.First(times.Select(pair => new AgentTime(pair.Key, pair.Value)));
    }

    private static Spread Sum(IEnumerable<Spread> spreads)
    {
        var sum = new DurationHistogram();
        foreach (var spread in spreads) sum.Add(spread);
        return sum.Read();
    }
}
