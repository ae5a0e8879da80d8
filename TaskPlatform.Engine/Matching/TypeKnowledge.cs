namespace TaskPlatform.Engine;

/// <summary>What is known of one type of task over all agents.</summary>
internal sealed class TypeKnowledge
{
    /// <summary>Agents that are remembered as the better ones: enough to say whether waiting for one pays.</summary>
    private const int BestMost = 16;

    /// <summary>How its attempts went, whoever made them.</summary>
    public Performance All { get; private set; } = Performance.None;

    /// <summary>Agents that have done it, those with the shortest means; in no order.</summary>
    public List<AgentItem> Best { get; } = [];

    public void Observe(AgentItem agent, string type, bool success, double seconds)
    {
        All = All.With(success, seconds);
        Remember(agent, type);
    }

    /// <summary>Takes in what an agent's stored figures say.</summary>
    public void Restore(AgentItem agent, string type, Performance performance)
    {
        var attempts = All.Attempts + performance.Attempts;
        var share = attempts == 0 ? 0 : (double)performance.Attempts / attempts;
        All = new Performance(
            All.SuccessRate + share * (performance.SuccessRate - All.SuccessRate), All.MeanSeconds + share * (performance.MeanSeconds - All.MeanSeconds), attempts);
        Remember(agent, type);
    }

    private void Remember(AgentItem agent, string type)
    {
        // An agent that was forgotten and came back is another object.
        if (Best.FindIndex(known => known.Id == agent.Id) is >= 0 and var index) Best[index] = agent;
        else if (Best.Count < BestMost) Best.Add(agent);
        else if (Best.MaxBy(known => MeanOf(known, type)) is var worst && MeanOf(agent, type) < MeanOf(worst!, type)) Best[Best.IndexOf(worst!)] = agent;
    }

    private static double MeanOf(AgentItem agent, string type) => agent.ByType.TryGetValue(type, out var known) ? known.MeanSeconds : double.MaxValue;
}
