namespace TaskPlatform.Federation.Protocol.Privacy;

/// <summary>
/// Figures with noise: pay, draw, remember. Asked again for the same round it gives the same numbers, whatever the figures are by then: two draws for one round could be
/// averaged. What was drawn before a restart is gone, and its round is left out. Of one thread at a time.
/// </summary>
internal sealed class NoisyReleases(PaidNoise noise)
{
    private readonly Dictionary<string, (long Round, uint[] Lanes)> _last = new(StringComparer.Ordinal);

    /// <summary>The figures with this node's share of the noise, modulo 2³²; null with <paramref name="result"/> saying why not.</summary>
    /// <param name="tenant">Whose tasks are counted.</param>
    /// <param name="period">The period of accounts.</param>
    /// <param name="round">The round; later ones are higher.</param>
    /// <param name="loss">What the release costs.</param>
    /// <param name="exact">The figures.</param>
    /// <param name="result">Whether it was paid for; <see cref="DebitResult.AlreadyDebited"/> with the numbers is a retry.</param>
    /// <exception cref="LedgerException">The ledger cannot be trusted or written: nothing leaves.</exception>
    public ReadOnlyMemory<uint>? Release(string tenant, long period, long round, PrivacyLoss loss, ReadOnlySpan<uint> exact, out DebitResult result)
    {
        if (_last.TryGetValue(tenant, out var last) && last.Round == round)
        {
            result = DebitResult.AlreadyDebited;
            return last.Lanes;
        }
        var drawn = new int[exact.Length];
        result = noise.Draw(tenant, period, round, loss, drawn);
        if (result != DebitResult.Debited) return null;
        var lanes = new uint[exact.Length];
        for (var lane = 0; lane < lanes.Length; lane++) lanes[lane] = unchecked(exact[lane] + (uint)drawn[lane]);
        _last[tenant] = (round, lanes);
        return lanes;
    }
}
