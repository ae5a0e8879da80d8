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
    {
        var rate = success ? 1.0 : 0.0;
        return Attempts == 0
            ? new Performance(rate, seconds, 1)
            : new Performance((1 - Alpha) * SuccessRate + Alpha * rate, (1 - Alpha) * MeanSeconds + Alpha * seconds, Attempts + 1);
    }
}
