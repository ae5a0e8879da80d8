using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Tasks that wait for each other.</summary>
internal static class Cycles
{
    /// <summary>
    /// Takes away every task that waits for none of the rest until nothing changes (A. B. Kahn, 1962); what is left holds a cycle, which is then
    /// followed back. Edges to tasks outside of the call cannot be part of one.
    /// </summary>
    /// <returns>A cycle in the direction of waiting, its first id repeated at the end; empty when there is none.</returns>
    public static ImmutableArray<string> Find(IReadOnlyDictionary<string, TaskSubmission> tasks)
    {
        var unmet = tasks.ToDictionary(pair => pair.Key, pair => pair.Value.DependsOn.Count(edge => tasks.ContainsKey(edge.Id)));
        var dependents = tasks.Values
            .SelectMany(task => task.DependsOn.Select(edge => (edge.Id, Dependent: task.Id)))
            .ToLookup(pair => pair.Id, pair => pair.Dependent);
        var free = new Queue<string>(unmet.Where(pair => pair.Value == 0).Select(pair => pair.Key));
        while (free.TryDequeue(out var id))
        {
            unmet.Remove(id);
            foreach (var dependent in dependents[id])
            {
                if (--unmet[dependent] == 0) free.Enqueue(dependent);
            }
        }
        return unmet.Count == 0 ? [] : Follow(tasks, unmet);
    }

    private static ImmutableArray<string> Follow(IReadOnlyDictionary<string, TaskSubmission> tasks, Dictionary<string, int> left)
    {
        var place = new Dictionary<string, int>();
        var path = new List<string>();
        // The smallest id to start from: the answer must not depend on the order of a dictionary.
        var id = left.Keys.Min(StringComparer.Ordinal)!;
        while (place.TryAdd(id, path.Count))
        {
            path.Add(id);
            id = tasks[id].DependsOn.First(edge => left.ContainsKey(edge.Id)).Id;
        }
        return [.. path[place[id]..], id];
    }
}
