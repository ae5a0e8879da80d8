using System.Diagnostics;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes how tasks and agents are matched.</summary>
internal static class MatchingAnswers
{
    public static MatchingSettings Settings(MatchSettings matching) => new()
    {
        Capability = matching.Capability,
        Priority = new Client.Wire.PriorityPoints
        {
            Critical = matching.Priority.Critical,
            High = matching.Priority.High,
            Medium = matching.Priority.Medium,
            Low = matching.Priority.Low,
        },
        Load = matching.Load,
        Success = matching.Success,
        Speed = matching.Speed,
        SpeedTypes = matching.SpeedTypes,
        Cost = matching.Cost,
        PatienceSeconds = Times.Seconds(matching.PatienceMs),
    };

    public static MatchInfo Decision(MatchTerms terms) => new()
    {
        Policy = Policy(terms.Policy),
        Score = terms.Score,
        Terms = terms.Named().ToDictionary(),
        Overdue = terms.IsOverdue,
    };

    public static QueuePolicy Policy(MatchPolicy policy) => policy switch
    {
        MatchPolicy.Fifo => QueuePolicy.Fifo,
        MatchPolicy.Score => QueuePolicy.Score,
        MatchPolicy.Learned => QueuePolicy.Learned,
        _ => throw new UnreachableException($"No word for {policy}."),
    };

    public static AgentSpeed Speed(SpeedClass speed) => speed switch
    {
        SpeedClass.Standard => AgentSpeed.Standard,
        SpeedClass.Fast => AgentSpeed.Fast,
        SpeedClass.Slow => AgentSpeed.Slow,
        _ => throw new UnreachableException($"No word for {speed}."),
    };

    /// <summary>An agent's figures by type; null before the first attempt.</summary>
    public static SortedDictionary<string, Client.Wire.TypeFigures>? Types(AgentItem agent) => agent.Types.Count == 0
        ? null
        : new(agent.Types.ToDictionary(entry => entry.Key, entry => Figures(entry.Value)), StringComparer.Ordinal);

    private static Client.Wire.TypeFigures Figures(Performance performance) => new()
    {
        SuccessRate = performance.SuccessRate,
        MeanSeconds = performance.MeanSeconds,
        TotalTasks = performance.Attempts,
    };
}
