namespace TaskPlatform.Federation.Protocol.Privacy;

/// <summary>Noise that is drawn only after it was paid for, and once for a round. Of one thread at a time.</summary>
internal sealed class PaidNoise(PrivacyLedger ledger, DiscreteGaussian noise)
{
    /// <summary>Debits the round, then fills <paramref name="drawn"/>; leaves it alone unless <see cref="DebitResult.Debited"/> comes back.</summary>
    /// <param name="tenant">Whose tasks are counted.</param>
    /// <param name="period">The period of accounts.</param>
    /// <param name="round">The round; later ones are higher.</param>
    /// <param name="loss">What the release costs.</param>
    /// <param name="drawn">This node's share of the noise of each number.</param>
    /// <exception cref="LedgerException">The ledger cannot be trusted or written: nothing may leave.</exception>
    public DebitResult Draw(string tenant, long period, long round, PrivacyLoss loss, Span<int> drawn)
    {
        var result = ledger.Debit(tenant, period, round, loss);
        if (result != DebitResult.Debited) return result;
        foreach (ref var number in drawn) number = checked((int)noise.Next());
        return result;
    }
}
