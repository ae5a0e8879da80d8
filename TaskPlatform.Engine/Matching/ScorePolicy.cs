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
            Success = weights.Success * agent.SuccessRate,
            Speed = agent.TotalTasks > 0 && weights.SpeedTypes.Contains(pair.Task.Type) ? weights.Speed / Math.Max(MeanSeconds(agent, pair.Task.Type), ShortestSeconds) : 0,
            Cost = 0 - weights.Cost * (agent.Traits.CostPerToken ?? 0),
        };
        return terms with { Score = terms.Capability + terms.Priority + terms.Load + terms.Success + terms.Speed + terms.Cost };
    }

    /// <summary>For the type of task, once the agent has done one; before, over all that it has done.</summary>
    private static double MeanSeconds(AgentItem agent, string type) => agent.ByType.TryGetValue(type, out var known) ? known.MeanSeconds : agent.MeanSeconds;
}
