namespace TaskPlatform.Engine;

/// <summary>
/// Whether a node takes on a task of another node: the seed's <c>task_acceptance_threshold</c> (docs/adr-010.md). A node that carries much of the load takes
/// only what suits its agents well.
/// </summary>
public static class AcceptanceRule
{
    /// <summary>A node with a larger share of the federation's load than this is selective; 0 to 1.</summary>
    public const double SelectiveAbove = 0.4;

    /// <summary>The threshold of a node that is selective.</summary>
    public const double Selective = 0.8;

    /// <summary>The threshold of any other.</summary>
    public const double Open = 0.5;

    /// <summary>The threshold that a node goes by, 0 to 1.</summary>
    /// <param name="load">Its load, such as unfinished tasks; 0 or more.</param>
    /// <param name="federationLoad">That of all nodes together, this one among them, in the same unit. Where it is 0 nobody has any.</param>
    public static double ThresholdOf(double load, double federationLoad) => federationLoad > 0 && load / federationLoad > SelectiveAbove ? Selective : Open;

    /// <summary>
    /// The most points that a task could have with one of these agents: of the priority that counts most, of the type at which the agent is fastest, nothing
    /// else in its slots. Agents that drain count for nothing.
    /// </summary>
    /// <returns>The points; null where no agent could take anything.</returns>
    public static double? BestPossible(IEnumerable<AgentItem> agents, MatchSettings weights)
    {
        double? best = null;
        foreach (var agent in agents)
        {
            if (!agent.IsDraining && ScorePolicy.BestOf(agent, weights) is var points && !(points <= best)) best = points;
        }
        return best;
    }

    /// <summary>Whether a foreign task is taken on.</summary>
    /// <param name="score">The most points that it has with an agent of the node, as things are; null: none may take it.</param>
    /// <param name="bestPossible">What <see cref="BestPossible"/> says. Where that is not above 0, weights are such that nothing suits the node.</param>
    /// <param name="threshold">The share of it that is asked for, 0 to 1.</param>
    public static bool Accepts(double? score, double? bestPossible, double threshold)
        => score is { } points && bestPossible is > 0 and var best && points >= threshold * best;
}
