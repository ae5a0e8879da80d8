using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Tasks that wait for each other.</summary>
internal static class Cycles
{
    /// <summary>What can be put in no order holds a cycle, which is then followed back.</summary>
    /// <returns>A cycle in the direction of waiting, its first id repeated at the end; empty when there is none.</returns>
    public static ImmutableArray<string> Find(ImmutableArray<TaskSubmission> tasks)
    {
        var ids = tasks.Select(task => task.Id).ToList();
        var order = new DependencyOrder(ids, number => tasks[number].DependsOn);
        return order.Order.Count == ids.Count ? [] : Follow(ids, order);
    }

    private static ImmutableArray<string> Follow(List<string> ids, DependencyOrder order)
    {
        var place = new Dictionary<int, int>();
        var path = new List<string>();
        // From the smallest id: the answer must not depend on the order of the call.
        var task = Enumerable.Range(0, ids.Count).Where(number => order.Unmet[number] > 0).MinBy(number => ids[number], StringComparer.Ordinal);
        while (place.TryAdd(task, path.Count))
        {
            path.Add(ids[task]);
            task = order.Dependencies[task].First(dependency => order.Unmet[dependency] > 0);
        }
        return [.. path[place[task]..], ids[task]];
    }
}
