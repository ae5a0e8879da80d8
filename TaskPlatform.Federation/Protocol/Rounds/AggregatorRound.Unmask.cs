using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Sharing;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>Stage 4: the masks come off the sum.</summary>
public sealed partial class AggregatorRound
{
    private readonly Dictionary<int, NodeRows> _given = [];
    private readonly Dictionary<string, ulong[]> _weights = [];

    private void TakeUnmasking(int node, UnmaskShares shares)
    {
        RequireSession(shares.Session);
        int[] due = [.. _graph.NeighboursOf(node).Concat(_graph.HoldersOf(node).Where(holder => holder == node)).Where(_sharers.Contains).Order()];
        if (!shares.Shares.Nodes.AsSpan().SequenceEqual(due) || !shares.Shares.Entries.All(entry => Shamir.IsShare(entry.Row.Span)))
        {
            throw new AbortException(AbortReason.ShareInvalid, "One share is needed of each node that shared with this one.");
        }
        _given[node] = shares.Shares;
    }

    private Dictionary<int, byte[]> CloseUnmasking()
    {
        Answered(_terms.Graph.Threshold);
        var masks = new Masks(_terms, _header, _session);
        foreach (var node in _survivors.Members) TakeOffSelf(node, masks);
        TakeOffPairs(_sharers.Members.Where(node => !_survivors.Contains(node)), masks);
        Sum = new RoundSum(_sum, [.. _survivors.Members.Select(_terms.Roster.IdOf)]);
        return [];
    }

    /// <summary>The seed must be the one that the node promised, or its shares were not all of one secret.</summary>
    private void TakeOffSelf(int node, Masks masks)
    {
        var seed = OpenSecret(node);
        if (!Statements.SeedCommitment(_session, node, seed).AsSpan().SequenceEqual(_bundles[node].SeedCommitment)) throw Mismatch(node);
        masks.Self(node, seed, _sum, MaskSign.Subtract);
        CryptographicOperations.ZeroMemory(seed);
    }

    /// <summary>Of each lost node the masks that its surviving neighbours have put on.</summary>
    private void TakeOffPairs(IEnumerable<int> lost, Masks masks)
    {
        foreach (var node in lost)
        {
            int[] survivors = [.. _graph.NeighboursOf(node).Where(_survivors.Contains)];
            if (survivors.Length == 0) continue;
            using var key = OpenMaskingKey(node);
            foreach (var other in survivors) masks.Pair(other, node, Agree(key, other), _sum, takeOff: true);
        }
    }

    private byte[] Agree(IPrivateKey key, int other)
    {
        try
        {
            return key.Agree(_maskingKeys[other]);
        }
        catch (CryptographicException)
        {
            throw new AbortException(AbortReason.KeyInvalid, $"The public key of {_terms.Roster.IdOf(other)} is none.");
        }
    }

    /// <summary>The private key must be that of the public one.</summary>
    private IPrivateKey OpenMaskingKey(int node)
    {
        var secret = OpenSecret(node);
        try
        {
            var key = _terms.Suite.ImportPrivate(secret);
            return key.PublicKey.AsSpan().SequenceEqual(_announced[node].Masking) ? key : throw Mismatch(node);
        }
        catch (CryptographicException)
        {
            throw Mismatch(node);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private byte[] OpenSecret(int node)
    {
        int[] holders = [.. _graph.HoldersOf(node).Where(_given.ContainsKey).Take(_terms.Graph.Threshold)];
        if (holders.Length < _terms.Graph.Threshold)
        {
            throw new AbortException(AbortReason.TooFewShares, $"{holders.Length} shares of {_terms.Roster.IdOf(node)} came; {_terms.Graph.Threshold} open its secret.");
        }
        return Shamir.Combine(WeightsOf(holders), [.. holders.Select(holder => _given[holder].Of(node)!.Value)]) ?? throw Mismatch(node);
    }

    /// <summary>Where all share with all, every secret is opened by the same holders, and their weights are the costly part.</summary>
    private ulong[] WeightsOf(int[] holders)
    {
        var key = string.Join(',', holders);
        if (!_weights.TryGetValue(key, out var weights)) _weights.Add(key, weights = Shamir.Weights(holders));
        return weights;
    }

    private AbortException Mismatch(int node) => new(AbortReason.SecretMismatch, $"The shares of {_terms.Roster.IdOf(node)} open another secret than it announced.");
}
