namespace TaskPlatform.Federation.Protocol.Cooperation;

/// <summary>A node's side of the cooperation: its policy, how often it may ask, and what its answers may tell. Of one thread at a time.</summary>
/// <param name="policy">Decides.</param>
/// <param name="asking">How often this node may ask peers, all of them together.</param>
/// <param name="ledger">What answers may tell each peer.</param>
/// <param name="nowMs">The time, in milliseconds.</param>
internal sealed class Cooperator(ICooperationPolicy policy, ProbeRate asking, ProbeLedger ledger, long nowMs)
{
    private TokenBucket _asking = new(asking, nowMs);

    /// <summary>The peers to be offered a task that has just come, in turn until one says yes. Before each ask <see cref="MayAsk"/>.</summary>
    /// <inheritdoc cref="Choose"/>
    public int ChooseForOffer(in NodeView own, int peers, ReadOnlySpan<double> draws, Span<int> chosen) => Choose(policy.PeersToOffer(own), peers, draws, chosen);

    /// <summary>The peers to be asked for a task, in turn until one sends some. Before each ask <see cref="MayAsk"/>.</summary>
    /// <inheritdoc cref="Choose"/>
    public int ChooseForWork(in NodeView own, int peers, ReadOnlySpan<double> draws, Span<int> chosen) => Choose(policy.PeersToAsk(own), peers, draws, chosen);

    /// <summary>Whether another probe may be sent; counts it.</summary>
    public bool MayAsk(long nowMs) => _asking.TryTake(nowMs);

    /// <summary>Whether this node promises to take a task of that peer.</summary>
    public bool TakesFrom(string peer, in NodeView own, double draw) => Pay(peer, policy.Takes(own, draw), own.NowMs);

    /// <summary>Whether this node gives one of its waiting tasks to that peer.</summary>
    public bool GivesTo(string peer, in NodeView own, double draw) => Pay(peer, policy.Gives(own, draw), own.NowMs);

    // Whichever answer it is, it is paid for, or the ledger would tell which.
    private bool Pay(string peer, Answer answer, long nowMs) => (answer.Epsilon == 0 || ledger.TryDebit(peer, answer.Epsilon, nowMs)) && answer.IsYes;

    /// <param name="wanted">How many the policy wants.</param>
    /// <param name="peers">How many peers there are.</param>
    /// <param name="draws">Uniform in [0, 1); <see cref="PeerChoice.Most"/> of them.</param>
    /// <param name="chosen">Takes numbers of peers, from 0.</param>
    /// <returns>How many were chosen.</returns>
    private static int Choose(int wanted, int peers, ReadOnlySpan<double> draws, Span<int> chosen)
        => wanted == 0 ? 0 : PeerChoice.Choose(peers, draws[..wanted], chosen);
}
