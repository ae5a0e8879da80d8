using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>Stages 0 to 3: what the aggregator takes and passes on.</summary>
public sealed partial class AggregatorRound
{
    private readonly Dictionary<int, RoundKeys> _announced = [];
    private readonly Dictionary<int, IPublicKey> _maskingKeys = [];
    private readonly Dictionary<int, ShareBundle> _bundles = [];
    private readonly Dictionary<int, byte[]> _signatures = [];
    private readonly uint[] _sum;

    private ShareGraph _graph = null!;
    private NodeSet _sharers = null!;
    private NodeSet _survivors = null!;

    private void TakeKeys(int node, KeyAnnouncement announcement)
    {
        if (!announcement.HeaderHash.AsSpan().SequenceEqual(_headerHash)) throw new AbortException(AbortReason.UnexpectedMessage, "The keys are of another round.");
        var keys = announcement.Keys;
        if (!_terms.Roster.Verify(node, Statements.Keys(_headerHash, node, keys), keys.Signature))
        {
            throw new AbortException(AbortReason.SignatureInvalid, "The keys are not signed by the node.");
        }
        ImportKeys(node, keys);
        _announced[node] = keys;
    }

    /// <summary>Keys that are none would end the round at every neighbour: the node is refused instead. The masking key is kept for the unmasking.</summary>
    private void ImportKeys(int node, RoundKeys keys)
    {
        try
        {
            _terms.Suite.ImportPublic(keys.Sealing).Dispose();
            _maskingKeys[node] = _terms.Suite.ImportPublic(keys.Masking);
        }
        catch (CryptographicException)
        {
            throw new AbortException(AbortReason.KeyInvalid, "A public key of the node is none.");
        }
    }

    private Dictionary<int, byte[]> CloseKeys()
    {
        var announcers = Answered(_terms.Graph.Cohort);
        var rows = NodeRows.From(RoundKeys.RowBytes(_terms.Shape), announcers.Members.Select(node => (node, (ReadOnlyMemory<byte>)_announced[node].ToRow())));
        _session = Statements.Session(_headerHash, rows);
        _graph = new ShareGraph(_terms.Graph, _session, announcers);
        var message = MessageFrame.Write(new KeyList(_headerHash, rows));
        return announcers.Members.ToDictionary(node => node, _ => message);
    }

    private void TakeShares(int node, ShareBundle bundle)
    {
        RequireSession(bundle.Session);
        if (!bundle.Sealed.Nodes.AsSpan().SequenceEqual(_graph.NeighboursOf(node)))
        {
            throw new AbortException(AbortReason.ShareInvalid, "Shares are needed for each neighbour.");
        }
        _bundles[node] = bundle;
    }

    private Dictionary<int, byte[]> CloseShares()
    {
        _sharers = Answered(_terms.Graph.Cohort);
        return _sharers.Members.ToDictionary(node => node, node => MessageFrame.Write(new ShareDelivery(_session, _sharers, SealedFor(node))));
    }

    private NodeRows SealedFor(int node) => NodeRows.From(
        SealedShares.Bytes,
        _graph.NeighboursOf(node).Where(_sharers.Contains).Select(other => (other, _bundles[other].Sealed.Of(node)!.Value)));

    /// <summary>Inputs are added as they come: no masked vector is kept.</summary>
    private void TakeInput(MaskedInput input)
    {
        RequireSession(input.Session);
        Lanes.Combine(_sum, input.Lanes, MaskSign.Add);
    }

    private Dictionary<int, byte[]> CloseInputs()
    {
        _survivors = Answered(_terms.Graph.Cohort);
        var message = MessageFrame.Write(new SurvivorList(_session, _survivors));
        return _survivors.Members.ToDictionary(node => node, _ => message);
    }

    private void TakeSignature(int node, SurvivorSignature signature)
    {
        RequireSession(signature.Session);
        if (!_terms.Roster.Verify(node, Statements.Survivors(_session, _sharers, _survivors), signature.Signature))
        {
            throw new AbortException(AbortReason.SignatureInvalid, "The survivors are not signed by the node.");
        }
        _signatures[node] = signature.Signature;
    }

    private Dictionary<int, byte[]> CloseSignatures()
    {
        var signers = Answered(_terms.Graph.Threshold);
        return signers.Members.ToDictionary(node => node, node => MessageFrame.Write(new SignatureList(_session, SignaturesFor(node, signers))));
    }

    private NodeRows SignaturesFor(int node, NodeSet signers) => NodeRows.From(
        IdentityKey.SignatureBytes,
        _graph.HoldersOf(node).Where(signers.Contains).Select(holder => (holder, (ReadOnlyMemory<byte>)_signatures[holder])));
}
