namespace TaskPlatform.Federation.Protocol.Cooperation;

/// <summary>What answers may tell each peer.</summary>
/// <param name="Rate">How often a peer is answered from the load; beyond that with a no that is not.</param>
/// <param name="Epsilon">What the answers to one peer may cost in all in a window; above 0.</param>
/// <param name="WindowMs">How long a window is, in milliseconds.</param>
internal sealed record ProbeBudget(ProbeRate Rate, double Epsilon, long WindowMs)
{
    /// <summary>20 a second, and in a day no more than a peer would learn by asking once a second.</summary>
    public static ProbeBudget Default { get; } = new(new ProbeRate(20, 60), 86_400 * Math.Log(3), 86_400_000);
}

/// <summary>
/// What the answers to probes have told each peer about this node's load. Apart from the ledger of the released figures: probes are outside secure aggregation, and what they cost is about the node's
/// load at a moment, not about a task. Kept in memory: after a restart the windows begin anew, and the rate still holds.
/// </summary>
internal sealed class ProbeLedger(ProbeBudget budget)
{
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    /// <summary>Debits an answer before it is given; false: it must not depend on the load.</summary>
    /// <param name="peer">An admitted peer: their number bounds the accounts.</param>
    /// <param name="epsilon">What the answer costs.</param>
    /// <param name="nowMs">The time, in milliseconds.</param>
    public bool TryDebit(string peer, double epsilon, long nowMs)
    {
        if (!_accounts.TryGetValue(peer, out var account)) _accounts.Add(peer, account = new Account(budget, nowMs));
        return account.TryDebit(epsilon, nowMs);
    }

    /// <summary>What the answers to a peer have cost in the window that its last one was in; ε adds up.</summary>
    public double Spent(string peer) => _accounts.TryGetValue(peer, out var account) ? account.Spent : 0;

    private sealed class Account(ProbeBudget budget, long nowMs)
    {
        private TokenBucket _tokens = new(budget.Rate, nowMs);
        private long _window = nowMs / budget.WindowMs;

        public double Spent { get; private set; }

        public bool TryDebit(double epsilon, long nowMs)
        {
            if (nowMs / budget.WindowMs > _window) (_window, Spent) = (nowMs / budget.WindowMs, 0);
            // Without flips an answer has no bound, and only the rate holds.
            var cost = double.IsFinite(epsilon) ? epsilon : 0;
            if (Spent + cost > budget.Epsilon || !_tokens.TryTake(nowMs)) return false;
            Spent += cost;
            return true;
        }
    }
}
