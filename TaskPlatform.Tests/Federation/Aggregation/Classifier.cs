namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>Tells two kinds of vectors apart by the direction from one mean to the other.</summary>
internal static class Classifier
{
    /// <summary>Trained on the first half of each, judged on the second.</summary>
    public static (double Area, double Low, double High) Judge(double[][] negatives, double[][] positives)
    {
        var half = negatives.Length / 2;
        var direction = Mean(positives[..half]).Zip(Mean(negatives[..half]), (one, other) => one - other).ToArray();
        return AreaOf([.. negatives[half..].Select(Score)], [.. positives[half..].Select(Score)]);

        double Score(double[] vector) => vector.Zip(direction, (value, weight) => value * weight).Sum();
    }

    /// <summary>
    /// How often a positive scores higher than a negative; the standard error is that of J. A. Hanley and B. J. McNeil (1982).
    /// </summary>
    public static (double Area, double Low, double High) AreaOf(double[] negatives, double[] positives)
    {
        var wins = positives.Sum(positive => negatives.Sum(negative => positive > negative ? 1 : positive == negative ? 0.5 : 0));
        var area = wins / positives.Length / negatives.Length;
        var q1 = area / (2 - area);
        var q2 = 2 * area * area / (1 + area);
        var variance = (area * (1 - area) + (positives.Length - 1) * (q1 - area * area) + (negatives.Length - 1) * (q2 - area * area)) / positives.Length / negatives.Length;
        var error = 1.96 * Math.Sqrt(Math.Max(0, variance));
        return (area, area - error, area + error);
    }

    private static double[] Mean(double[][] vectors) =>
        [.. Enumerable.Range(0, vectors[0].Length).Select(i => vectors.Average(vector => vector[i]))];
}

/// <summary>Whether a number is distributed alike in two sets of vectors, in sixteen bins of equal width over all that occur.</summary>
internal static class ChiSquare
{
    /// <summary>Of 15 degrees of freedom; exceeded with a chance of 2 · 10⁻⁵, so that among 48 lanes one is with 10⁻³.</summary>
    public const double Critical = 48.9;

    private const int Bins = 16;

    /// <summary>The largest of all lanes' statistics.</summary>
    public static double Largest(double[][] one, double[][] other) =>
        Enumerable.Range(0, one[0].Length).Max(lane => OfLane([.. one.Select(vector => vector[lane])], [.. other.Select(vector => vector[lane])]));

    private static double OfLane(double[] one, double[] other)
    {
        var (low, high) = (Math.Min(one.Min(), other.Min()), Math.Max(one.Max(), other.Max()));
        return high == low ? 0 : Statistic(Count(one), Count(other));

        int[] Count(double[] values)
        {
            var counts = new int[Bins];
            foreach (var value in values) counts[Math.Min(Bins - 1, (int)((value - low) / (high - low) * Bins))]++;
            return counts;
        }
    }

    /// <summary>Of two samples of the same size.</summary>
    private static double Statistic(int[] one, int[] other) =>
        one.Zip(other, (left, right) => left + right == 0 ? 0 : (double)(left - right) * (left - right) / (left + right)).Sum();
}
