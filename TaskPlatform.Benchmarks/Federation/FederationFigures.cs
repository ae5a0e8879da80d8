namespace TaskPlatform.Benchmarks.Federation;

/// <summary>What one run came to. Waits are from arrival to start, in mean service times.</summary>
/// <param name="Mean">The mean wait.</param>
/// <param name="P95">The wait that 95 % of the tasks do not exceed.</param>
/// <param name="P99">The wait that 99 % do not exceed.</param>
/// <param name="ProbesPerTask">Questions that nodes asked each other.</param>
internal readonly record struct FederationFigures(double Mean, double P95, double P99, double ProbesPerTask)
{
    /// <param name="waits">In any order; sorted by this.</param>
    /// <param name="probesPerTask">Questions that nodes asked each other.</param>
    public static FederationFigures Of(Span<float> waits, double probesPerTask)
    {
        var sum = 0.0;
        foreach (var wait in waits) sum += wait;
        waits.Sort();
        return new FederationFigures(sum / waits.Length, waits[(int)(0.95 * waits.Length)], waits[(int)(0.99 * waits.Length)], probesPerTask);
    }
}
