namespace TaskPlatform.Engine;

/// <summary>How attempts went that came to an end: moving averages. An attempt that was asked to stop says nothing.</summary>
/// <param name="SuccessRate">Of successes, 0 to 1; 1 before the first attempt.</param>
/// <param name="MeanSeconds">Of an attempt's time, in seconds; 0 before the first.</param>
/// <param name="Attempts">How many came to an end.</param>
public readonly record struct Performance(double SuccessRate, double MeanSeconds, long Attempts)
{
    /// <summary>How much the latest attempt counts; the rest counts what stood before.</summary>
    public const double Alpha = 0.1;

    /// <summary>Before the first attempt.</summary>
    public static readonly Performance None = new(1, 0, 0);

    /// <summary>
    /// With one attempt more. The first replaces the start values: a mean that grew from nought would make every newcomer look infinitely fast.
    /// </summary>
    public Performance With(bool success, double seconds)
        => new(Moved(SuccessRate, success ? 1 : 0, Attempts), Moved(MeanSeconds, seconds, Attempts), Attempts + 1);

    /// <summary>A moving average of so many observations, with one more.</summary>
    internal static double Moved(double mean, double value, long count) => count == 0 ? value : (1 - Alpha) * mean + Alpha * value;
}
