namespace TaskPlatform.Federation.Protocol.Cooperation;

/// <summary>
/// A node whose load is at T = max(its agents, the federation's mean) or above asks a few peers whether they are below theirs; one with an idle agent asks a few for work. Simple
/// thresholds with probes come close to policies that know everything (D. L. Eager, E. D. Lazowska, J. Zahorjan, 1986).
/// </summary>
internal sealed class ThresholdPolicy(CooperationSettings settings) : ICooperationPolicy
{
    private readonly double _takesEpsilon = RandomisedResponse.Epsilon(settings.FlipShare);
    private readonly double _givesEpsilon = RandomisedResponse.WithheldEpsilon(settings.FlipShare);

    public int PeersToOffer(in NodeView own) => MayCooperate(own) && own.Load >= Threshold(own) ? settings.Offers : 0;

    public Answer Takes(in NodeView own, double draw)
        => MayCooperate(own) ? new Answer(RandomisedResponse.Answer(own.Load < Threshold(own), settings.FlipShare, draw), _takesEpsilon) : Answer.Refusal;

    public int PeersToAsk(in NodeView own) => MayCooperate(own) && own.Load < own.Agents ? settings.Asks : 0;

    public Answer Gives(in NodeView own, double draw)
        => MayCooperate(own) ? new Answer(own.Givable > 0 && draw >= settings.FlipShare, _givesEpsilon) : Answer.Refusal;

    /// <summary>The load from which on tasks are offered to peers. The noise can only raise it above the agents, never make a node with a free agent send tasks away.</summary>
    public double Threshold(in NodeView own) => settings.UsesFigures && own.Federation is { } federation ? Math.Max(own.Agents, federation.Mean) : own.Agents;

    /// <summary>Old figures send everybody to where it was quiet (M. Mitzenmacher, 2000): without new ones a node works alone.</summary>
    private bool MayCooperate(in NodeView own)
        => !settings.UsesFigures || own.Federation is { } federation && own.NowMs - federation.AtMs <= settings.MaxPeriodsOld * settings.PeriodMs;
}
