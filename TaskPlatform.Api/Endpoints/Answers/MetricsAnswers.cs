using TaskPlatform.Api.Analytics;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes analytics as they are answered.</summary>
internal static class MetricsAnswers
{
    private const string Overall = "overall";
    private const double MillisecondsASecond = 1e3;
    private const double MicrosecondsASecond = 1e6;

    /// <summary>A window with the day that it is part of.</summary>
    public static QueueMetrics Metrics(AnalyticsView view, long windowMs) => new(Step(view.Window, withAgents: true))
    {
        WindowSeconds = Times.Seconds(windowMs),
        History = [.. view.History.Select(step => Step(step, withAgents: false))],
    };

    private static MetricsStep Step(AnalyticsStep step, bool withAgents) => new()
    {
        Timestamp = Times.At(step.EndUnixMs),
        CoveredSeconds = Times.Seconds(step.CoveredMs),
        TotalTasks = step.Counts.Sum(count => (long)count),
        TasksByStatus = ByStatus(step),
        TasksByPriority = ByPriority(step),
        QueueTime = Durations(step.QueueTime, MillisecondsASecond),
        CompletionTime = Durations(step.CompletionTime, MillisecondsASecond),
        AssignmentLatency = Durations(step.AssignmentLatency, MicrosecondsASecond),
        ThroughputPerHour = step.ThroughputPerHour(),
        AgentUtilization = Utilization(step, withAgents),
        ErrorRate = step.ErrorRate(),
        CompletionRate = step.CompletionRate(),
        CoordinationOverhead = step.CoordinationOverhead(),
    };

    private static Dictionary<string, long> ByStatus(AnalyticsStep step)
        => Enumerable.Range(0, step.Counts.Length).ToDictionary(state => Words.Of((Engine.TaskState)state), state => (long)step.Counts[state]);

    private static Dictionary<string, long> ByPriority(AnalyticsStep step)
        => Enumerable.Range(0, step.Priorities.Length).ToDictionary(index => Words.Of((Engine.TaskPriority)(index + 1)), index => (long)step.Priorities[index]);

    private static DurationFigures Durations(Spread spread, double aSecond) => new()
    {
        Mean = spread.Mean() / aSecond,
        P50 = spread.At(0.50) / aSecond,
        P95 = spread.At(0.95) / aSecond,
        P99 = spread.At(0.99) / aSecond,
    };

    // The name of the sum is the sum's, also where an agent bears it.
    private static Dictionary<string, double?> Utilization(AnalyticsStep step, bool withAgents)
    {
        var shares = new Dictionary<string, double?>();
        foreach (var (id, time) in withAgents ? step.Agents : []) shares[id] = time.Utilization();
        shares[Overall] = step.Slots.Utilization();
        return shares;
    }
}
