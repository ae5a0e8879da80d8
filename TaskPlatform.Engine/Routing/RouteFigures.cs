namespace TaskPlatform.Engine;

/// <summary>A moving average; the first observation replaces the start value.</summary>
/// <param name="Mean">The average; 0 before the first.</param>
/// <param name="Count">How many observations there were.</param>
public readonly record struct MovingMean(double Mean, long Count)
{
    /// <summary>With one observation more.</summary>
    public MovingMean With(double value) => new(Performance.Moved(Mean, value, Count), Count + 1);

    /// <summary>Drawn to a guess that counts as much as so many observations; a moving average is never surer than some twenty make it.</summary>
    internal double Drawn(double guess, double weight)
    {
        var count = Math.Min(Count, RouteFigures.SurestAttempts);
        return (count * Mean + weight * guess) / (count + weight);
    }
}

/// <summary>What results have shown of a candidate at one type of task.</summary>
/// <param name="Attempts">Attempts that came to an end: the share that passed, their time, their number.</param>
/// <param name="Cost">What those cost that reported anything, in the operator's unit.</param>
/// <param name="Tokens">The tokens that those used.</param>
/// <param name="Confidence">How sure agents were of their results, 0 to 1.</param>
public readonly record struct RouteFigures(Performance Attempts, MovingMean Cost, MovingMean Tokens, MovingMean Confidence)
{
    internal const double SurestAttempts = 2 / Performance.Alpha - 1;
    private const double QualityGuess = 4;
    private const double OtherGuess = 1;

    /// <summary>Before the first attempt.</summary>
    public static readonly RouteFigures None = new(Performance.None, default, default, default);

    /// <summary>The share of attempts that are expected to pass, 0 to 1.</summary>
    public double Quality(RouteCandidate candidate) => new MovingMean(Attempts.SuccessRate, Attempts.Attempts).Drawn(candidate.Quality, QualityGuess);

    /// <summary>What an attempt is expected to cost.</summary>
    public double ExpectedCost(RouteCandidate candidate) => Cost.Drawn(candidate.PriorCost, OtherGuess);

    /// <summary>How long an attempt is expected to take, in seconds.</summary>
    public double ExpectedSeconds(RouteCandidate candidate) => new MovingMean(Attempts.MeanSeconds, Attempts.Attempts).Drawn(candidate.Seconds, OtherGuess);

    /// <summary>With the end of one attempt more.</summary>
    internal RouteFigures With(RouteCandidate candidate, bool passed, double seconds, Usage used)
    {
        var cost = used.Cost > 0 ? used.Cost : used.Tokens * candidate.CostPerToken ?? 0;
        return this with
        {
            Attempts = Attempts.With(passed, seconds),
            Cost = cost > 0 ? Cost.With(cost) : Cost,
            Tokens = used.Tokens > 0 ? Tokens.With(used.Tokens) : Tokens,
        };
    }
}
