using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What slots had of time, added up over slots.</summary>
/// <param name="BusyMs">In which they held a task, in milliseconds; a task of weight n counts n-fold.</param>
/// <param name="OfferedMs">In which they held one or could have: never less than <paramref name="BusyMs"/>.</param>
public readonly record struct SlotTime(long BusyMs, long OfferedMs)
{
    /// <summary>Both together.</summary>
    public static SlotTime operator +(SlotTime left, SlotTime right) => new(left.BusyMs + right.BusyMs, left.OfferedMs + right.OfferedMs);
}

/// <summary>What the slots of one agent had, all its instances together.</summary>
public readonly record struct AgentTime(string AgentId, SlotTime Time)
{
    /// <summary>Agents that a list of them holds at most: those that offered most; equals by their ids.</summary>
    public const int Most = 100;

    /// <summary>The first of them, in the order of a list.</summary>
    public static ImmutableArray<AgentTime> First(IEnumerable<AgentTime> agents) =>
    [
        .. agents.OrderByDescending(agent => agent.Time.OfferedMs).ThenBy(agent => agent.AgentId, StringComparer.Ordinal).Take(Most),
    ];
}

/// <summary>How busy a queue is.</summary>
/// <param name="At">When it was looked at.</param>
/// <param name="Step">How many steps of the analytics had ended by then.</param>
/// <param name="Counts">How many tasks are in each state, by the state's number.</param>
/// <param name="Priorities">How many tasks have each priority, <see cref="TaskPriority.Critical"/> first.</param>
/// <param name="RunMs">For how long tasks were leased since the step began, added up over tasks, in milliseconds.</param>
/// <param name="Slots">What the slots of all agents had since then.</param>
/// <param name="Agents">What those of single agents had; <see cref="AgentTime.Most"/> of them at most.</param>
public sealed record QueueLoad(
    Moment At, int Step, ImmutableArray<int> Counts, ImmutableArray<int> Priorities, long RunMs, SlotTime Slots, ImmutableArray<AgentTime> Agents);
