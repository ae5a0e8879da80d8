using TaskPlatform.Engine;

namespace TaskPlatform.Api.Analytics;

/// <summary>What can be said of measured values.</summary>
internal static class Spreads
{
    /// <summary>How many were measured.</summary>
    public static long Count(this Spread spread)
    {
        var count = 0L;
        foreach (var bucket in spread.Buckets) count += bucket.Count;
        return count;
    }

    /// <summary>Their exact mean; null when there are none.</summary>
    public static double? Mean(this Spread spread) => spread.Count() is > 0 and var count ? (double)spread.Sum / count : null;

    /// <summary>
    /// The least value that so large a share of them does not exceed (nearest rank), at most a hundredth too high; null when there are none.
    /// </summary>
    /// <param name="spread">The values.</param>
    /// <param name="share">Above 0, up to 1.</param>
    public static double? At(this Spread spread, double share)
    {
        var rank = (long)Math.Ceiling(share * spread.Count());
        foreach (var bucket in spread.Buckets)
        {
            rank -= bucket.Count;
            if (rank <= 0) return bucket.Value;
        }
        return null;
    }
}
