namespace TaskPlatform.Federation.Protocol.Cooperation;

/// <summary>What a node answers to a peer.</summary>
/// <param name="IsYes">Yes is a promise: the task is taken, or one is given.</param>
/// <param name="Epsilon">What it tells of this node's load at most; 0 where it does not depend on it, infinite where it is not randomised.</param>
internal readonly record struct Answer(bool IsYes, double Epsilon)
{
    /// <summary>No, whatever the load.</summary>
    public static readonly Answer Refusal = new(false, 0);
}

/// <summary>
/// When tasks move between nodes. Pure: the same view and the same draw give the same answer, so the simulation runs what a node runs. A draw is uniform in [0, 1).
/// </summary>
internal interface ICooperationPolicy
{
    /// <summary>How many peers are asked in turn to take a task that has just come; the first yes gets it. 0: it stays.</summary>
    int PeersToOffer(in NodeView own);

    /// <summary>Whether this node takes a task that a peer offers.</summary>
    Answer Takes(in NodeView own, double draw);

    /// <summary>How many peers are asked in turn for a task, now that an agent here has nothing to do; the first yes sends one.</summary>
    int PeersToAsk(in NodeView own);

    /// <summary>Whether this node gives one of its waiting tasks to a peer that asks.</summary>
    Answer Gives(in NodeView own, double draw);
}
