namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>
/// How many nodes may collude with the aggregator and how many may be lost, and what follows: with whom a node shares, and how many shares open a secret.
/// Nodes apply them themselves; the aggregator cannot lower them.
/// </summary>
public sealed record RoundRules
{
    /// <summary>A sum of fewer nodes' figures is never opened.</summary>
    public int MinimumCohort { get; init; } = 6;

    /// <summary>Up to so many nodes each node shares with all others; above, with its neighbours on a ring.</summary>
    public int CompleteUpTo { get; init; } = 100;

    /// <summary>The part of the nodes that may collude, where all share with all.</summary>
    public double CorruptShare { get; init; } = 0.25;

    /// <summary>The part of the nodes that may be lost, where all share with all.</summary>
    public double DropShare { get; init; } = 0.25;

    /// <summary>The part of the nodes that may collude, on a ring.</summary>
    public double RingCorruptShare { get; init; } = 0.05;

    /// <summary>The part of the nodes that may be lost, on a ring.</summary>
    public double RingDropShare { get; init; } = 0.05;

    /// <summary>What the rules come to for a roster of this size.</summary>
    /// <exception cref="ArgumentException">No threshold meets them: too many colluders and losses for so few nodes.</exception>
    public GraphParameters For(int nodes) => nodes <= CompleteUpTo ? Complete(nodes) : Ring(nodes);

    /// <summary>
    /// Two answers of different kinds for one node need 2t holders, of whom only colluders give both: with t &gt; ⌈(n + corrupt) / 2⌉ there are not enough.
    /// And t ≥ (1 − drop) · n, so that a cohort of t has as many honest nodes as was assumed (fcp/secagg, graph_parameter_finder.cc).
    /// </summary>
    private GraphParameters Complete(int nodes)
    {
        CheckShares(CorruptShare, DropShare);
        var threshold = Math.Max(
            (int)Math.Ceiling((nodes + CorruptShare * nodes) / 2) + 1,
            (int)Math.Ceiling((1 - DropShare) * nodes));
        if (threshold > nodes) throw new ArgumentException($"With {nodes} nodes no threshold allows for {CorruptShare:P0} colluders.");
        return Finish(nodes, nodes - 1, threshold, Math.Max(threshold, MinimumCohort), CorruptShare);
    }

    /// <summary>The cohort is the same part of all nodes as the threshold is of the neighbours.</summary>
    private GraphParameters Ring(int nodes)
    {
        CheckShares(RingCorruptShare, RingDropShare);
        var (degree, threshold) = HararyParameters.Find(nodes, RingCorruptShare, RingDropShare)
            ?? throw new ArgumentException($"With {nodes} nodes no ring allows for {RingCorruptShare:P0} colluders and {RingDropShare:P0} losses.");
        var cohort = (int)Math.Ceiling((double)threshold / degree * nodes);
        return Finish(nodes, degree, threshold, Math.Max(cohort, MinimumCohort), RingCorruptShare);
    }

    private static GraphParameters Finish(int nodes, int degree, int threshold, int cohort, double corruptShare) =>
        new(nodes, degree, threshold, cohort, Math.Max(1, cohort - (int)Math.Floor(corruptShare * nodes)));

    private void CheckShares(double corrupt, double drop)
    {
        if (corrupt is not (>= 0 and < 1) || drop is not (>= 0 and < 1)) throw new ArgumentException("Shares of nodes are from 0 to below 1.");
        if (MinimumCohort < 2) throw new ArgumentException("A sum of one node's figures is no sum.");
    }
}

/// <summary>The rules, for a roster.</summary>
/// <param name="Nodes">In the roster.</param>
/// <param name="Degree">How many neighbours a node has: all others, or those on the ring.</param>
/// <param name="Threshold">How many shares open a secret, and how many signatures a set of survivors needs.</param>
/// <param name="Cohort">Fewer nodes end the round.</param>
/// <param name="HonestSurvivors">How many nodes of the smallest cohort are taken to be honest, and their noise to be there.</param>
public sealed record GraphParameters(int Nodes, int Degree, int Threshold, int Cohort, int HonestSurvivors)
{
    /// <summary>Whether each node shares with all others.</summary>
    public bool IsComplete => Degree == Nodes - 1;
}
