using System.Globalization;

namespace TaskPlatform.AppHost.Burst;

/// <summary>What came of a burst.</summary>
internal sealed class BurstResult(IReadOnlyList<DemoTask> tasks)
{
    private readonly double[] _waits = [.. tasks.Where(task => task.Node is not null).Select(task => task.Wait.TotalSeconds).Order()];

    /// <summary>From the first submission to the last end, in seconds.</summary>
    public double Seconds => tasks.Count == 0 ? 0 : (tasks.Max(task => task.FinishedAt) - tasks.Min(task => task.CreatedAt)).TotalSeconds;

    /// <summary>How many tasks no node did: they failed or were cancelled.</summary>
    public int NotDone => tasks.Count - _waits.Length;

    /// <summary>How many tasks a node did.</summary>
    public int DoneBy(string node) => tasks.Count(task => task.Node == node);

    /// <summary>The wait, in seconds, that this part of the tasks did not exceed.</summary>
    public double Wait(double part) => _waits.Length == 0 ? 0 : _waits[(int)Math.Ceiling(part * _waits.Length) - 1];
}

/// <summary>A line for each run.</summary>
/// <param name="nodes">How many nodes there are.</param>
internal sealed class BurstTable(int nodes)
{
    private readonly List<string[]> _rows =
        [["", .. Enumerable.Range(1, nodes).Select(number => $"node{number}"), "not done", "wait p50", "p95", "max", "all done after"]];

    /// <summary>Adds a run.</summary>
    public void Add(string title, BurstResult result) => _rows.Add(
    [
        title,
        .. Enumerable.Range(1, nodes).Select(number => Text(result.DoneBy($"node{number}"))),
        Text(result.NotDone), Text(result.Wait(0.5)), Text(result.Wait(0.95)), Text(result.Wait(1)), Text(result.Seconds),
    ]);

    /// <summary>The table, columns in line.</summary>
    public IEnumerable<string> Lines()
    {
        var widths = Enumerable.Range(0, _rows[0].Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        return _rows.Select(row => $"  {row[0].PadRight(widths[0])}{string.Concat(row.Skip(1).Select((cell, column) => $"  {cell.PadLeft(widths[column + 1])}"))}");
    }

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Text(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s");
}
