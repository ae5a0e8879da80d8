namespace TaskPlatform.Engine;

/// <summary>
/// Tasks of one call by number, each with the numbers of those it waits for. Edges to tasks outside of the call are left out: they can close
/// no cycle and lengthen no path.
/// </summary>
internal sealed class DependencyOrder
{
    /// <summary>For each task those it waits for; one that is named twice stands there twice.</summary>
    public int[][] Dependencies { get; }

    /// <summary>Every task after those it waits for; tasks of a cycle, and those that wait for one, are missing.</summary>
    public List<int> Order { get; }

    /// <summary>How many of its dependencies are missing from <see cref="Order"/>, by task.</summary>
    public int[] Unmet { get; }

    public DependencyOrder(IReadOnlyList<string> ids, Func<int, IReadOnlyList<DependencyEdge>> edgesOf)
    {
        var numbers = new Dictionary<string, int>(ids.Count);
        for (var number = 0; number < ids.Count; number++) numbers.Add(ids[number], number);
        Dependencies = new int[ids.Count][];
        for (var number = 0; number < ids.Count; number++) Dependencies[number] = Inside(edgesOf(number), numbers);
        Unmet = Array.ConvertAll(Dependencies, dependencies => dependencies.Length);
        Order = new List<int>(ids.Count);
        Sort(Dependents());
    }

    private static int[] Inside(IReadOnlyList<DependencyEdge> edges, Dictionary<string, int> numbers)
    {
        if (edges.Count == 0) return [];
        var inside = new List<int>(edges.Count);
        for (var index = 0; index < edges.Count; index++)
        {
            if (numbers.TryGetValue(edges[index].Id, out var number)) inside.Add(number);
        }
        return [.. inside];
    }

    private List<int>[] Dependents()
    {
        var dependents = new List<int>[Dependencies.Length];
        for (var number = 0; number < dependents.Length; number++)
        {
            foreach (var dependency in Dependencies[number]) (dependents[dependency] ??= []).Add(number);
        }
        return dependents;
    }

    /// <summary>Takes out every task that waits for none of the rest until nothing changes (A. B. Kahn, 1962).</summary>
    private void Sort(List<int>?[] dependents)
    {
        for (var number = 0; number < Unmet.Length; number++)
        {
            if (Unmet[number] == 0) Order.Add(number);
        }
        for (var next = 0; next < Order.Count; next++)
        {
            foreach (var dependent in dependents[Order[next]] ?? [])
            {
                if (--Unmet[dependent] == 0) Order.Add(dependent);
            }
        }
    }
}
