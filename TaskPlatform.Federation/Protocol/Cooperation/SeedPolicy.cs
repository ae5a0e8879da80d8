namespace TaskPlatform.Federation.Protocol.Cooperation;

/// <summary>
/// The rule of ADR-010: with more than 40 % of the federation's load a node's acceptance threshold is 0.8, else 0.5. What the threshold is held against the ADR leaves open. Here: a node above
/// the 40 % offers every task that comes to one peer, and a node takes what is offered with the probability 1 − threshold. So half of it goes, and to those who have as much as that themselves a fifth.
/// </summary>
internal sealed class SeedPolicy(CooperationSettings settings) : ICooperationPolicy
{
    public const double OverloadedShare = 0.4;
    public const double UsualThreshold = 0.5;
    public const double OverloadedThreshold = 0.8;

    /// <summary>Of an answer: half against a fifth say yes, half against four fifths no.</summary>
    public static double Epsilon { get; } = Math.Log((1 - UsualThreshold) / (1 - OverloadedThreshold));

    public int PeersToOffer(in NodeView own) => IsKnown(own) && IsOverloaded(own) ? 1 : 0;

    public Answer Takes(in NodeView own, double draw) => IsKnown(own) ? new Answer(draw >= Threshold(own), Epsilon) : Answer.Refusal;

    public int PeersToAsk(in NodeView own) => 0;

    public Answer Gives(in NodeView own, double draw) => Answer.Refusal;

    public static double Threshold(in NodeView own) => IsOverloaded(own) ? OverloadedThreshold : UsualThreshold;

    private static bool IsOverloaded(in NodeView own) => own.Federation is { Load: > 0 } federation && own.Load > OverloadedShare * federation.Load;

    private bool IsKnown(in NodeView own) => own.Federation is { } federation && own.NowMs - federation.AtMs <= settings.MaxPeriodsOld * settings.PeriodMs;
}
