using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>How tasks that work on another node are told apart from others.</summary>
public static class Lending
{
    /// <summary>The label of a task that another node has lent to this one: the name of that node. It is neither lent on nor counted here.</summary>
    public const string HomeLabel = "federation.home";

    // No request can name an agent so: ids have no stroke.
    private const string Prefix = "federation/";

    /// <summary>The agent that a peer is to the queue.</summary>
    public static string AgentOf(string peer) => Prefix + peer;

    /// <summary>Whether an agent is a peer.</summary>
    public static bool IsPeer(string agentId) => agentId.StartsWith(Prefix, StringComparison.Ordinal);
}

/// <summary>What a queue could do for other nodes, and they for it.</summary>
/// <param name="Slots">Tasks that the agents which are here can work on at the same time; peers are not among them.</param>
/// <param name="Load">Tasks that are ready or being worked on, but for those that peers hold.</param>
/// <param name="Lendable">Ready tasks of the types asked for that share no limit with others; some of them may have to stay for other reasons.</param>
/// <param name="Able">Of the types asked for those that an agent here can do.</param>
/// <param name="Free">Of those the ones for which an agent has a slot free.</param>
public sealed record LendingView(int Slots, int Load, int Lendable, ImmutableSortedSet<string> Able, ImmutableSortedSet<string> Free);
