using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>The numbers of one type of task, or of all types that were not asked for by name.</summary>
/// <param name="Type">The type; null stands for the rest.</param>
/// <param name="Counts">How many tasks are in each state, by the state's number.</param>
/// <param name="CompletedMs">From the last claim to completion, added up over the completed tasks, in milliseconds.</param>
public sealed record TypeFigures(string? Type, ImmutableArray<long> Counts, long CompletedMs);

/// <summary>Numbers by type of task, kept up to date rather than counted.</summary>
public sealed partial class TaskEngine
{
    private readonly Dictionary<string, TypeTally> _tallies = [];
    private TypeTally? _lastTally; // most tasks are of the type of the one before

    /// <summary>The one place where tasks are counted: with +1 when it enters its state, with -1 before it leaves it.</summary>
    private void Count(TaskItem task, int difference)
    {
        _counts[(int)task.State] += difference;
        _priorities[(int)task.Priority - 1] += difference;
        var tally = task.Tally ??= TallyOf(task.Type);
        tally.Counts[(int)task.State] += difference;
        if (task.State == TaskState.Completed) tally.CompletedMs += difference * LastAttemptMs(task);
    }

    private TypeTally TallyOf(string type)
    {
        if (ReferenceEquals(_lastTally?.Type, type)) return _lastTally;
        if (!_tallies.TryGetValue(type, out var tally)) _tallies.Add(type, tally = new TypeTally(type));
        return _lastTally = tally;
    }

    /// <summary>Types are the callers' words, and may be made up anew for ever.</summary>
    private void ForgetTallies()
    {
        foreach (var (type, tally) in _tallies)
        {
            if (tally.PlainLane is null && tally.Counts.All(count => count == 0)) _tallies.Remove(type);
        }
        _lastTally = null;
    }

    // The wall clock may have been stepped back meanwhile.
    private static long LastAttemptMs(TaskItem task) => Math.Max(0, task.FinishedUnixMs!.Value - task.StartedUnixMs!.Value);

    private Outcome.Figures GetFigures(Command.GetFigures get)
    {
        var figures = ImmutableArray.CreateBuilder<TypeFigures>();
        var rest = new TypeTally("");
        foreach (var (type, tally) in _tallies)
        {
            if (get.Types.Contains(type)) figures.Add(new TypeFigures(type, [.. tally.Counts], tally.CompletedMs));
            else rest.Add(tally);
        }
        figures.Add(new TypeFigures(null, [.. rest.Counts], rest.CompletedMs));
        return new Outcome.Figures(figures.DrainToImmutable());
    }
}

/// <summary>How many tasks of one type are in each state.</summary>
internal sealed class TypeTally(string type)
{
    public string Type { get; } = type;

    /// <summary>By which rows of the type are found.</summary>
    public int Hash { get; } = type.GetHashCode();

    public long[] Counts { get; } = new long[TaskStates.Count];

    public long CompletedMs { get; set; }

    /// <summary>The lane of its tasks that demand and share nothing: that of most.</summary>
    public Lane? PlainLane { get; set; }

    public void Add(TypeTally other)
    {
        for (var state = 0; state < Counts.Length; state++) Counts[state] += other.Counts[state];
        CompletedMs += other.CompletedMs;
    }
}
