using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>What a node brings to every round of an epoch.</summary>
/// <param name="Terms">What it agreed to.</param>
/// <param name="NodeId">Its own name in the roster.</param>
/// <param name="Identity">Its signing key, the one of the roster.</param>
/// <param name="Journal">What survives a crash.</param>
/// <param name="Noise">Its part of the noise.</param>
/// <param name="Entropy">Where its secrets come from.</param>
public sealed record NodeSeat(RoundTerms Terms, string NodeId, IdentityKey Identity, IRoundJournal Journal, INoise Noise, IEntropy Entropy)
{
    /// <summary>The node's place in the roster.</summary>
    /// <exception cref="ArgumentException">It has none, or with another key.</exception>
    internal int Place()
    {
        var place = Terms.Roster.IndexOf(NodeId);
        if (place < 0) throw new ArgumentException($"'{NodeId}' is not in the roster.");
        if (!Identity.PublicKey.AsSpan().SequenceEqual(Terms.Roster.Members[place].IdentityKey)) throw new ArgumentException($"'{NodeId}' has another key in the roster.");
        return place;
    }
}

/// <summary>What a node answers: a message for the aggregator, or the end of its round.</summary>
/// <param name="Reply">To be sent; unset at the end of the round.</param>
/// <param name="Abort">Why the round has ended for this node; unset otherwise.</param>
public sealed record NodeAnswer(byte[]? Reply, Abort? Abort);
