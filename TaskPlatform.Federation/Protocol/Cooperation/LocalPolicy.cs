namespace TaskPlatform.Federation.Protocol.Cooperation;

/// <summary>Nothing moves.</summary>
internal sealed class LocalPolicy : ICooperationPolicy
{
    public int PeersToOffer(in NodeView own) => 0;

    public Answer Takes(in NodeView own, double draw) => Answer.Refusal;

    public int PeersToAsk(in NodeView own) => 0;

    public Answer Gives(in NodeView own, double draw) => Answer.Refusal;
}
