using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>The chain of dependencies that decides when a graph is done.</summary>
internal static class CriticalPath
{
    /// <summary>
    /// The longest path by time worked so far (J. Kelley and M. Walker, 1959); a task that has not run yet counts one millisecond, so that before
    /// anything has run the path with most tasks wins.
    /// </summary>
    /// <returns>Ids from the first task to the last.</returns>
    public static ImmutableArray<string> Of(IReadOnlyList<TaskItem> tasks, Moment now)
    {
        var members = tasks.ToDictionary(task => task.Id);
        var lengths = new Dictionary<string, long>(tasks.Count);
        var before = new Dictionary<string, string?>(tasks.Count);
        foreach (var task in InOrder(tasks, members)) Measure(task, members, lengths, before, now);
        return lengths.Count == 0 ? [] : Walk(lengths, before);
    }

    private static void Measure(
        TaskItem task, Dictionary<string, TaskItem> members, Dictionary<string, long> lengths, Dictionary<string, string?> before, Moment now)
    {
        var (longest, cause) = (0L, (string?)null);
        foreach (var edge in task.DependsOn)
        {
            if (!members.ContainsKey(edge.Id) || lengths[edge.Id] <= longest) continue;
            (longest, cause) = (lengths[edge.Id], edge.Id);
        }
        lengths[task.Id] = longest + Worked(task, now);
        before[task.Id] = cause;
    }

    private static long Worked(TaskItem task, Moment now)
        => task.StartedUnixMs is { } started ? 1 + Math.Max(0, (task.FinishedUnixMs ?? now.UnixMs) - started) : 1;

    private static ImmutableArray<string> Walk(Dictionary<string, long> lengths, Dictionary<string, string?> before)
    {
        var path = ImmutableArray.CreateBuilder<string>();
        string? id = lengths.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).First().Key;
        for (; id is not null; id = before[id]) path.Add(id);
        path.Reverse();
        return path.DrainToImmutable();
    }

    /// <summary>Every task after those that it waits for.</summary>
    private static IEnumerable<TaskItem> InOrder(IReadOnlyList<TaskItem> tasks, Dictionary<string, TaskItem> members)
    {
        var unmet = tasks.ToDictionary(task => task.Id, task => task.DependsOn.Count(edge => members.ContainsKey(edge.Id)));
        var dependents = tasks.SelectMany(task => task.DependsOn.Select(edge => (edge.Id, Dependent: task))).ToLookup(pair => pair.Id, pair => pair.Dependent);
        var free = new Queue<TaskItem>(tasks.Where(task => unmet[task.Id] == 0));
        while (free.TryDequeue(out var task))
        {
            yield return task;
            foreach (var dependent in dependents[task.Id])
            {
                if (--unmet[dependent.Id] == 0) free.Enqueue(dependent);
            }
        }
    }
}
