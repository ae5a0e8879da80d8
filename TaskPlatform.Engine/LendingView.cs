using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What a queue could do for other nodes, and they for it.</summary>
/// <param name="Slots">Tasks that the agents which are here can work on at the same time; peers are not among them.</param>
/// <param name="Load">Tasks that are ready or being worked on, but for those that peers hold.</param>
/// <param name="Lendable">Ready tasks of the types asked for that share no limit with others; some of them may have to stay for other reasons.</param>
/// <param name="Able">Of the types asked for those that an agent here can do.</param>
/// <param name="Free">Of those the ones for which an agent has a slot free.</param>
/// <param name="FreeSlots">Slots that are free of the agents which can do any of them.</param>
/// <param name="MayGo">Whether the task that was asked for may go.</param>
public sealed record LendingView(
    int Slots, int Load, int Lendable, ImmutableSortedSet<string> Able, ImmutableSortedSet<string> Free, int FreeSlots, bool MayGo);
