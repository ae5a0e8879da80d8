using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Sharing;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>Stages 3 and 4: the survivors are signed, and one share of each peer is given.</summary>
public sealed partial class NodeRound
{
    private NodeSet _survivors = null!;

    private SurvivorSignature OnSurvivors(SurvivorList list)
    {
        RequireSession(list.Session);
        _survivors = list.Survivors;
        RequireStillThere(_survivors, _sharers);
        _next = MessageKind.SignatureList;
        return new SurvivorSignature(_session, _seat.Identity.Sign(Statements.Survivors(_session, _sharers, _survivors)));
    }

    /// <summary>The mark is durable before the shares are returned, and the secrets are gone after.</summary>
    private UnmaskShares OnSignatures(SignatureList list)
    {
        RequireSession(list.Session);
        CheckSignatures(list.Signatures);
        if (!Journalled(() => _seat.Journal.TryAnswer(_header.Round)))
        {
            throw new AbortException(AbortReason.AlreadyAnswered, $"Round {_header.Round} was answered before.");
        }
        var shares = NodeRows.From(Shamir.ShareBytes, _held.Select(held => (held.Key, DueShare(held.Key, held.Value))));
        _next = 0;
        Wipe();
        return new UnmaskShares(_session, shares);
    }

    /// <summary>Of a survivor the seed's share, of a lost node the masking key's: the only place at which a kind is chosen.</summary>
    private ReadOnlyMemory<byte> DueShare(int node, byte[] shares) => (_survivors.Contains(node) ? SeedShare(shares) : KeyShare(shares)).ToArray();

    /// <summary>Enough holders of this node's shares must have signed the same two sets as this node. One wrong signature is a lie, not a loss.</summary>
    private void CheckSignatures(NodeRows signatures)
    {
        var statement = Statements.Survivors(_session, _sharers, _survivors);
        var holders = _graph.HoldersOf(_self).ToHashSet();
        foreach (var (node, signature) in signatures.Entries)
        {
            if (!holders.Contains(node) || !_survivors.Contains(node))
            {
                throw new AbortException(AbortReason.SetInvalid, "A signature is of a node that holds no share of this one, or is lost.");
            }
            if (!_terms.Roster.Verify(node, statement, signature.Span))
            {
                throw new AbortException(AbortReason.SignatureInvalid, $"{_terms.Roster.IdOf(node)} did not sign these survivors.");
            }
        }
        if (signatures.Nodes.Length < _terms.Graph.Threshold)
        {
            throw new AbortException(AbortReason.TooFewSignatures, $"{signatures.Nodes.Length} signed the survivors; {_terms.Graph.Threshold} are needed.");
        }
    }
}
