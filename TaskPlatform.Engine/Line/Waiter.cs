using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>A claim that waits for a task.</summary>
/// <param name="claim">What is asked for; its caller knows it by reference.</param>
/// <param name="ticket">Its place among all that wait: a lower number goes first.</param>
/// <param name="endsTick">When it is answered without a task, on the monotonic clock.</param>
/// <param name="agent">Who asks.</param>
/// <param name="instance">Which replica of it.</param>
internal sealed class Waiter(Command.Claim claim, long ticket, long endsTick, AgentItem agent, AgentInstance instance)
{
    public static readonly IComparer<Waiter> ByTicket = Comparer<Waiter>.Create((left, right) => left.Ticket.CompareTo(right.Ticket));

    public int EndIndex = -1;

    public Command.Claim Claim { get; } = claim;

    public long Ticket { get; } = ticket;

    public long EndsTick { get; } = endsTick;

    public AgentItem Agent { get; } = agent;

    public AgentInstance Instance { get; } = instance;

    /// <summary>What it is granted in this round, where pairs are compared; null: nothing yet.</summary>
    public ImmutableArray<TaskView>.Builder? Grants { get; set; }

    public bool IsParked => EndIndex >= 0;

    /// <summary>The shape that it stands in line for; null while its agent takes nothing more, so that nobody looks at it in vain.</summary>
    public AgentShape? Shape { get; set; }
}

/// <summary>A waiting claim's place among those whose time ends.</summary>
internal readonly struct InWaitEnds : IHeapPlace<Waiter>
{
    public ref int Index(Waiter item) => ref item.EndIndex;

    public bool WinsTie(Waiter left, Waiter right) => left.Ticket < right.Ticket;
}
