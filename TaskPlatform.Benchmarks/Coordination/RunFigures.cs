namespace TaskPlatform.Benchmarks.Coordination;

/// <summary>What one run came to.</summary>
internal sealed class RunFigures(int tasks)
{
    private readonly List<double> _seconds = new(tasks);
    private readonly List<double> _critical = [];

    /// <summary>The mean time from submit to completion, in seconds.</summary>
    public double Mean => _seconds.Count == 0 ? double.NaN : _seconds.Average();

    /// <summary>The time within which 95 % of those that completed did, in seconds.</summary>
    public double P95 => Percentile(_seconds, 0.95);

    /// <summary>The mean of the critical tasks, in seconds.</summary>
    public double CriticalMean => _critical.Count == 0 ? double.NaN : _critical.Average();

    /// <summary>The share of the tasks that completed.</summary>
    public double Completion => (double)_seconds.Count / tasks;

    public void Completed(in SimulatedTask task, long nowMs)
    {
        var seconds = (nowMs - task.ArrivalMs) / 1000.0;
        _seconds.Add(seconds);
        if (task.Priority == TaskPlatform.Engine.TaskPriority.Critical) _critical.Add(seconds);
    }

    private static double Percentile(List<double> values, double share)
        => values.Count == 0 ? double.NaN : values.Order().ElementAt(Math.Min(values.Count - 1, (int)(share * values.Count)));
}

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
}
