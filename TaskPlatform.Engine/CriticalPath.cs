using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>The chain of dependencies that decides when a graph is done.</summary>
internal static class CriticalPath
{
    private const int None = -1;

    /// <summary>
    /// The longest path by time worked so far (J. Kelley and M. Walker, 1959); a task that has not run yet counts one millisecond, so that before
    /// anything has run the path with most tasks wins.
    /// </summary>
    /// <returns>Ids from the first task to the last.</returns>
    public static ImmutableArray<string> Of(IReadOnlyList<TaskItem> tasks, Moment now)
    {
        if (tasks.Count == 0) return [];
        var order = new DependencyOrder(tasks.Select(task => task.Id).ToList(), number => tasks[number].DependsOn);
        var lengths = new long[tasks.Count];
        var before = new int[tasks.Count];
        foreach (var task in order.Order)
        {
            before[task] = order.Dependencies[task].DefaultIfEmpty(None).MaxBy(dependency => dependency == None ? 0 : lengths[dependency]);
            lengths[task] = Worked(tasks[task], now) + (before[task] == None ? 0 : lengths[before[task]]);
        }
        return Walk(tasks, lengths, before);
    }

    private static long Worked(TaskItem task, Moment now)
        => task.StartedUnixMs is { } started ? 1 + Math.Max(0, (task.FinishedUnixMs ?? now.UnixMs) - started) : 1;

    private static ImmutableArray<string> Walk(IReadOnlyList<TaskItem> tasks, long[] lengths, int[] before)
    {
        var path = new List<string>();
        var last = Enumerable.Range(0, tasks.Count).OrderByDescending(task => lengths[task]).ThenBy(task => tasks[task].Id, StringComparer.Ordinal).First();
        for (var task = last; task != None; task = before[task]) path.Add(tasks[task].Id);
        path.Reverse();
        return [.. path];
    }
}
