namespace TaskPlatform.Engine;

/// <summary>Points for capability, priority, load, success, speed and price. docs/coordination.md.</summary>
internal sealed class ScorePolicy : IPairPolicy
{
    /// <summary>No agent counts as faster than this, in seconds: what takes no time at all would outweigh everything.</summary>
    private const double ShortestSeconds = 0.1;

    public MatchTerms Judge(in MatchPair pair)
    {
        var (weights, agent) = (pair.Settings.Matching, pair.Agent);
        var terms = new MatchTerms
        {
            Policy = MatchPolicy.Score,
            Capability = weights.Capability,
            Priority = pair.PriorityPoints,
            Load = 0 - weights.Load * pair.Instance.Load,
            Success = weights.Success * SuccessRate(agent, pair.Task.Type),
            Speed = SpeedPoints(agent, pair.Task.Type, weights),
            Cost = 0 - CostPoints(agent, weights),
        };
        return terms with { Score = terms.Capability + terms.Priority + terms.Load + terms.Success + terms.Speed + terms.Cost };
    }

    /// <summary>The most points that a task could have with the agent.</summary>
    public static double BestOf(AgentItem agent, MatchSettings weights)
    {
        var priority = weights.Priority;
        var most = Math.Max(Math.Max(priority.Critical, priority.High), Math.Max(priority.Medium, priority.Low));
        var best = weights.SpeedTypes.Concat(agent.ByType.Keys).Select(type => weights.Success * SuccessRate(agent, type) + SpeedPoints(agent, type, weights));
        return weights.Capability + most + Math.Max(weights.Success * agent.SuccessRate, best.DefaultIfEmpty().Max()) - CostPoints(agent, weights);
    }

    private static double SpeedPoints(AgentItem agent, string type, MatchSettings weights)
        => agent.TotalTasks > 0 && weights.SpeedTypes.Contains(type) ? weights.Speed / Math.Max(MeanSeconds(agent, type), ShortestSeconds) : 0;

    private static double CostPoints(AgentItem agent, MatchSettings weights) => weights.Cost * (agent.Traits.CostPerToken ?? 0);

    /// <summary>For the type of task, once the agent has done one; before, over all that it has done.</summary>
    private static double SuccessRate(AgentItem agent, string type) => agent.ByType.TryGetValue(type, out var known) ? known.SuccessRate : agent.SuccessRate;

    /// <summary>For the type of task, once the agent has done one; before, over all that it has done.</summary>
    private static double MeanSeconds(AgentItem agent, string type) => agent.ByType.TryGetValue(type, out var known) ? known.MeanSeconds : agent.MeanSeconds;
}
