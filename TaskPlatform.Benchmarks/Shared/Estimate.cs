using System.Globalization;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>A mean over seeds with its 95 % interval.</summary>
internal readonly record struct Estimate(double Mean, double Margin)
{
    // Student's t, two-sided 95 %, by degrees of freedom; beyond those of the table it is close enough to the last.
    private static readonly double[] T = [double.NaN, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086];

    public static Estimate Of(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        if (values.Count < 2) return new Estimate(mean, 0);
        var variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
        return new Estimate(mean, T[Math.Min(values.Count - 1, T.Length - 1)] * Math.Sqrt(variance / values.Count));
    }

    /// <summary>Of a figure of each run.</summary>
    public static Estimate Of<TRun>(IEnumerable<TRun> runs, Func<TRun, double> figure) => Of([.. runs.Select(figure)]);

    /// <summary>Of a figure's difference to the same seed's run of another kind, in percent of that.</summary>
    public static Estimate Against<TRun>(IEnumerable<TRun> runs, IEnumerable<TRun> others, Func<TRun, double> figure)
        => Of([.. runs.Zip(others, (one, other) => 100 * (figure(one) / figure(other) - 1))]);

    /// <summary>As a cell of a table that is printed line by line.</summary>
    public string ToCell(string format)
        => $"{Mean.ToString(format, CultureInfo.InvariantCulture)} ± {Margin.ToString("0.000", CultureInfo.InvariantCulture)}".PadRight(17);
}
