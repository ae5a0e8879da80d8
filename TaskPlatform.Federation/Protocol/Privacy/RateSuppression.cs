namespace TaskPlatform.Federation.Protocol.Privacy;

/// <summary>Which rates are shown: a quotient of small noisy counts says nothing, and looks as if it did.</summary>
internal static class RateSuppression
{
    /// <summary>The least count, in standard deviations of its noise.</summary>
    public const double LeastSigmas = 4;

    /// <summary>Whether rates of a type may be shown.</summary>
    /// <param name="noisyCount">What they are of, with its noise.</param>
    /// <param name="sigma">The standard deviation of that noise.</param>
    public static bool MayShow(long noisyCount, double sigma) => noisyCount > 0 && noisyCount >= LeastSigmas * sigma;

    /// <summary>The quotient, cut to 0 to 1; null where it is not shown.</summary>
    public static double? Rate(long noisyPart, long noisyCount, double sigma) => MayShow(noisyCount, sigma) ? Math.Clamp((double)noisyPart / noisyCount, 0, 1) : null;
}
