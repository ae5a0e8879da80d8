namespace TaskPlatform.Federation.Protocol.Cooperation;

/// <summary>Which peers are asked: some of them, each as likely as any other, none twice.</summary>
internal static class PeerChoice
{
    /// <summary>The most that are asked for one task.</summary>
    public const int Most = 8;

    /// <summary>Fills <paramref name="chosen"/> with numbers below <paramref name="peers"/>, in the order in which they are asked.</summary>
    /// <param name="peers">How many there are.</param>
    /// <param name="draws">Uniform in [0, 1); one for each that is wanted.</param>
    /// <param name="chosen">As long as <paramref name="draws"/>; at most <see cref="Most"/>.</param>
    /// <returns>How many were chosen: all where fewer peers are than wanted.</returns>
    public static int Choose(int peers, ReadOnlySpan<double> draws, Span<int> chosen)
    {
        var count = Math.Min(peers, draws.Length);
        if (count > Most) throw new ArgumentException($"At most {Most} peers are asked.", nameof(draws));
        Span<int> taken = stackalloc int[Most];
        for (var i = 0; i < count; i++)
        {
            // The n-th of those not taken yet: past each taken one that does not lie behind it.
            var peer = (int)(draws[i] * (peers - i));
            var at = 0;
            while (at < i && taken[at] <= peer)
            {
                peer++;
                at++;
            }
            taken[at..i].CopyTo(taken[(at + 1)..]);
            taken[at] = chosen[i] = peer;
        }
        return count;
    }
}
