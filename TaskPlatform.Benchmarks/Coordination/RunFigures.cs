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
