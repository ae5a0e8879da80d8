using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Tasks of one type, or of all types that were not asked for by name.</summary>
/// <param name="Type">The type; null stands for the rest.</param>
/// <param name="Queued">Tasks that are ready for an agent.</param>
/// <param name="Running">Tasks that an agent has.</param>
public sealed record TypeFigures(string? Type, int Queued, int Running);

/// <summary>Numbers of this queue's own tasks, by type. What stands here for another node is left out.</summary>
public sealed partial class TaskEngine
{
    /// <summary>So many tasks are looked at for figures, at most: some milliseconds.</summary>
    private const long FiguresTasks = 100_000;

    private readonly Dictionary<string, TypeTally> _tallies = [];
    private TypeTally? _lastTally; // most tasks are of the type of the one before

    /// <summary>The one place where tasks are counted: with +1 when it enters its state, with -1 before it leaves it.</summary>
    private void Count(TaskItem task, int difference)
    {
        _counts[(int)task.State] += difference;
        _priorities[(int)task.Priority - 1] += difference;
        var tally = task.Tally ??= TallyOf(task.Type);
        tally.Tasks += difference;
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
            if (tally.PlainLane is null && tally.Tasks == 0) _tallies.Remove(type);
        }
        _lastTally = null;
    }

    /// <summary>
    /// From the newest task back to the first that is too old. After a clock that was set back this may stop early and count too few; a task whose time of submit lies
    /// outside is never counted.
    /// </summary>
    private Outcome.Figures GetFigures(Command.GetFigures get, Moment now)
    {
        var found = get.Types.ToDictionary(type => type, _ => (Queued: 0, Running: 0), StringComparer.Ordinal);
        var rest = (Queued: 0, Running: 0);
        var row = _table.RowBefore(Moment.Never);
        var most = FiguresTasks;
        while (_table.Find(TaskFilter.Any, ref row, ref most) is { } task && task.CreatedUnixMs > get.AfterUnixMs)
        {
            if (task.CreatedUnixMs > get.UntilUnixMs || FederationMarks.IsForeign(task)) continue;
            var one = (task.State == TaskState.Pending ? 1 : 0, task.State.IsLeased() ? 1 : 0);
            if (found.TryGetValue(task.Type, out var counts)) found[task.Type] = Add(counts, one);
            else rest = Add(rest, one);
        }
        var types = get.Types.Select(type => new TypeFigures(type, found[type].Queued, found[type].Running));
        return new Outcome.Figures([.. types, new TypeFigures(null, rest.Queued, rest.Running)], OwnSlots(now));
    }

    private static (int, int) Add((int Queued, int Running) left, (int Queued, int Running) right) => (left.Queued + right.Queued, left.Running + right.Running);

    /// <summary>Slots of agents that said what they can do and are here.</summary>
    private long OwnSlots(Moment now) => OwnInstances(now).Where(own => own.Agent.IsRegistered).Sum(own => (long)own.Agent.MaxConcurrency);
}

/// <summary>What the tasks of one type have in common.</summary>
internal sealed class TypeTally(string type)
{
    public string Type { get; } = type;

    /// <summary>By which rows of the type are found.</summary>
    public int Hash { get; } = type.GetHashCode();

    /// <summary>How many there are.</summary>
    public int Tasks { get; set; }

    /// <summary>The lane of its tasks that demand and share nothing: that of most.</summary>
    public Lane? PlainLane { get; set; }
}
