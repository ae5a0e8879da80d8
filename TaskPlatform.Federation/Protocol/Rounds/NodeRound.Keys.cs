using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Sharing;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>Stages 0 and 1: keys, and the shares of this node's two secrets.</summary>
public sealed partial class NodeRound
{
    /// <summary>Each is used twice, to seal and to open: agreeing is most of a node's work.</summary>
    private readonly Dictionary<int, byte[]> _sealingSecrets = [];
    private readonly byte[] _seed = new byte[Shamir.SecretBytes];
    private NodeRows _keys = null!;
    private NodeSet _announcers = null!;
    private ShareGraph _graph = null!;

    private KeyAnnouncement OnOffer(RoundHeader header)
    {
        _terms.Check(header);
        if (!Journalled(() => _seat.Journal.TryJoin(header.Round)))
        {
            throw new AbortException(AbortReason.RoundReplayed, $"Round {header.Round} is not above the last one joined.");
        }
        _header = header;
        _headerHash = header.Hash();
        _sealing = _terms.Suite.Generate(_seat.Entropy);
        _masking = _terms.Suite.Generate(_seat.Entropy);
        _ownKeys = new RoundKeys(_sealing.PublicKey, _masking.PublicKey, []);
        _ownKeys = _ownKeys with { Signature = _seat.Identity.Sign(Statements.Keys(_headerHash, _self, _ownKeys)) };
        _next = MessageKind.KeyList;
        return new KeyAnnouncement(_headerHash, _ownKeys);
    }

    private ShareBundle OnKeys(KeyList list)
    {
        if (!list.HeaderHash.AsSpan().SequenceEqual(_headerHash)) throw new AbortException(AbortReason.UnexpectedMessage, "The keys are of another round.");
        _keys = list.Keys;
        _announcers = NodeSet.Of(_terms.Roster.Count, _keys.Nodes);
        RequireCohort(_announcers);
        CheckKeys();
        _session = Statements.Session(_headerHash, _keys);
        _graph = new ShareGraph(_terms.Graph, _session, _announcers);
        _next = MessageKind.ShareDelivery;
        return Share();
    }

    private void CheckKeys()
    {
        if (_keys.Of(_self) is not { } own || !own.Span.SequenceEqual(_ownKeys.ToRow()))
        {
            throw new AbortException(AbortReason.OwnEntryChanged, "This node's keys are missing among the keys, or others.");
        }
        foreach (var (node, row) in _keys.Entries)
        {
            if (node == _self) continue;
            var keys = RoundKeys.FromRow(row.Span, _terms.Shape);
            if (!_terms.Roster.Verify(node, Statements.Keys(_headerHash, node, keys), keys.Signature))
            {
                throw new AbortException(AbortReason.SignatureInvalid, $"The keys of {_terms.Roster.IdOf(node)} are not signed by it.");
            }
        }
    }

    private ShareBundle Share()
    {
        _seat.Entropy.Fill(_seed);
        var holders = _graph.HoldersOf(_self);
        var ofSeed = Shamir.Split(_seed, _terms.Graph.Threshold, holders, _seat.Entropy);
        var privateKey = _masking!.Export();
        var ofKey = Shamir.Split(privateKey, _terms.Graph.Threshold, holders, _seat.Entropy);
        CryptographicOperations.ZeroMemory(privateKey);

        var rows = new List<(int, ReadOnlyMemory<byte>)>();
        for (var i = 0; i < holders.Length; i++)
        {
            byte[] both = [.. ofKey[i], .. ofSeed[i]];
            if (holders[i] == _self) _held.Add(_self, both);
            else rows.Add((holders[i], Seal(holders[i], both)));
        }
        return new ShareBundle(_session, Statements.SeedCommitment(_session, _self, _seed), NodeRows.From(SealedShares.Bytes, rows));
    }

    private byte[] Seal(int to, byte[] shares)
    {
        var place = Statements.SealedPlace(_headerHash, _session, _self, to);
        var sealedShares = _terms.Suite.Seal(SealingKey(to, place), shares, place);
        CryptographicOperations.ZeroMemory(shares);
        return sealedShares;
    }

    private byte[] Open(int from, ReadOnlySpan<byte> sealedShares)
    {
        var place = Statements.SealedPlace(_headerHash, _session, from, _self);
        try
        {
            return _terms.Suite.Open(SealingKey(from, place), sealedShares, place);
        }
        catch (CryptographicException)
        {
            throw new AbortException(AbortReason.ShareInvalid, $"The shares of {_terms.Roster.IdOf(from)} were not sealed for this node and round.");
        }
    }

    /// <summary>The place names the direction, so the two directions of a pair have different keys, though one secret.</summary>
    private byte[] SealingKey(int other, byte[] place)
    {
        if (!_sealingSecrets.TryGetValue(other, out var secret)) _sealingSecrets.Add(other, secret = Agree(_sealing!, other, keys => keys.Sealing));
        return KeyDerivation.Derive(secret, _session, place, KeyDerivation.KeyBytes);
    }

    private byte[] Agree(IPrivateKey own, int other, Func<RoundKeys, byte[]> which)
    {
        try
        {
            using var key = _terms.Suite.ImportPublic(which(RoundKeys.FromRow(_keys.Of(other)!.Value.Span, _terms.Shape)));
            return own.Agree(key);
        }
        catch (CryptographicException)
        {
            throw new AbortException(AbortReason.KeyInvalid, $"A public key of {_terms.Roster.IdOf(other)} is none.");
        }
    }

    private void RequireCohort(NodeSet nodes)
    {
        if (nodes.Count < _terms.Graph.Cohort)
        {
            throw new AbortException(AbortReason.CohortTooSmall, $"{nodes.Count} nodes are left; {_terms.Graph.Cohort} are needed.");
        }
    }

    private static bool Journalled(Func<bool> write)
    {
        try
        {
            return write();
        }
        catch (IOException failed)
        {
            throw new AbortException(AbortReason.JournalUnavailable, $"The round journal could not be written: {failed.Message}");
        }
    }
}
