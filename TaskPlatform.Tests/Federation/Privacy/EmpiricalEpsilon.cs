namespace TaskPlatform.Tests.Federation.Privacy;

/// <summary>
/// What samples prove about ε: with 95 % confidence it is at least this (B. Bichsel et al., "DP-Sniper", 2021). Half of the samples choose the event, the other half are counted.
/// </summary>
internal static class EmpiricalEpsilon
{
    private const double Doubt = 0.025; // for each of two bounds

    // The events tried: "at least so much as this share of those without the task".
    private static readonly double[] Shares = [0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003];

    /// <param name="with">Of the mechanism with the task.</param>
    /// <param name="without">Of the mechanism without it.</param>
    /// <param name="delta">δ.</param>
    public static double LowerBound(long[] with, long[] without, double delta)
    {
        var (half, otherHalf) = (with.Length / 2, without.Length / 2);
        var sorted = without[..otherHalf].OrderDescending().ToArray();
        var least = Shares.Select(share => sorted[(int)(share * otherHalf)]).MaxBy(least => Bound(with.AsSpan(0, half), without.AsSpan(0, otherHalf), least, delta));
        return Bound(with.AsSpan(half), without.AsSpan(otherHalf), least, delta);
    }

    /// <param name="hits">Of the mechanism with the task, in the event.</param>
    /// <param name="samples">Of it in all.</param>
    /// <param name="otherHits">Of the mechanism without, in the event.</param>
    /// <param name="otherSamples">Of it in all.</param>
    /// <param name="delta">δ.</param>
    public static double LowerBound(int hits, int samples, int otherHits, int otherSamples, double delta)
        => Math.Log(Math.Max(1e-300, AtLeast(hits, samples) - delta) / AtMost(otherHits, otherSamples));

    /// <summary>The largest share that so few hits do not rule out (C. J. Clopper, E. S. Pearson, 1934).</summary>
    public static double AtMost(int hits, int samples) => hits == samples ? 1 : Bisect(share => Cumulated(hits, samples, share) > Doubt);

    /// <summary>The smallest share that so many hits do not rule out.</summary>
    public static double AtLeast(int hits, int samples) => hits == 0 ? 0 : Bisect(share => Cumulated(hits - 1, samples, share) > 1 - Doubt);

    private static double Bound(ReadOnlySpan<long> with, ReadOnlySpan<long> without, long least, double delta)
        => LowerBound(Count(with, least), with.Length, Count(without, least), without.Length, delta);

    private static int Count(ReadOnlySpan<long> samples, long least)
    {
        var count = 0;
        foreach (var sample in samples) count += sample >= least ? 1 : 0;
        return count;
    }

    private static double Bisect(Func<double, bool> isBelow)
    {
        var (low, high) = (0.0, 1.0);
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            if (isBelow(middle)) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    /// <summary>P(X ≤ <paramref name="hits"/>) of a binomial distribution: from the largest term that counts down to where terms vanish.</summary>
    private static double Cumulated(int hits, int samples, double share)
    {
        if (share is <= 0 or >= 1) return share <= 0 ? 1 : 0;
        if (hits > samples * share) return 1 - Cumulated(samples - hits - 1, samples, 1 - share);
        var term = Math.Exp(LogFactorial(samples) - LogFactorial(hits) - LogFactorial(samples - hits) + hits * Math.Log(share) + (samples - hits) * Math.Log(1 - share));
        var sum = 0.0;
        for (var count = hits; count >= 0 && term > 1e-18 * sum; count--)
        {
            sum += term;
            term *= count * (1 - share) / ((samples - count + 1) * share);
        }
        return sum;
    }

    /// <summary>J. Stirling's series; exact enough from 10 on.</summary>
    private static double LogFactorial(int number)
    {
        if (number < 10) return Enumerable.Range(1, number).Sum(factor => Math.Log(factor));
        double n = number;
        return n * Math.Log(n) - n + 0.5 * Math.Log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n * n * n);
    }
}
