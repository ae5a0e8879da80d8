namespace TaskPlatform.Federation.Protocol.Cooperation;

/// <summary>The federation's load as it was last released: a sum with noise in it, so it may be off, and even below nought.</summary>
/// <param name="Load">Tasks that run or wait, of all nodes together.</param>
/// <param name="Nodes">How many nodes are in the sum; at least 1.</param>
/// <param name="AtMs">When it was released, in milliseconds of the clock of <see cref="NodeView.NowMs"/>.</param>
internal readonly record struct FederationLoad(double Load, int Nodes, long AtMs)
{
    /// <summary>Tasks a node.</summary>
    public double Mean => Load / Math.Max(1, Nodes);
}

/// <summary>All that a node decides by: itself, and the federation's figures. Nothing of any one peer.</summary>
/// <param name="Agents">How many tasks run here at a time, at most.</param>
/// <param name="Load">Tasks that run or wait here, or were promised a place and are on their way.</param>
/// <param name="Givable">Waiting tasks that may leave: of this node's own queue and of a type that it exports.</param>
/// <param name="Federation">What was last released; null before the first.</param>
/// <param name="NowMs">The time, in milliseconds of any clock that only rises.</param>
internal readonly record struct NodeView(int Agents, int Load, int Givable, FederationLoad? Federation, long NowMs);
