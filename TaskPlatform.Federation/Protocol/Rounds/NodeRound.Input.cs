using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Sharing;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>Stage 2: the shares of others are opened, and the figures leave under noise and masks.</summary>
public sealed partial class NodeRound
{
    /// <summary>Of each node that shared with this one, itself perhaps included: its masking key's share, then its seed's.</summary>
    private readonly Dictionary<int, byte[]> _held = [];
    private NodeSet _sharers = null!;

    private MaskedInput OnShares(ShareDelivery delivery)
    {
        RequireSession(delivery.Session);
        _sharers = delivery.Sharers;
        RequireStillThere(_sharers, _announcers);
        int[] neighbours = [.. _graph.NeighboursOf(_self).Where(_sharers.Contains)];
        if (!delivery.Sealed.Nodes.AsSpan().SequenceEqual(neighbours))
        {
            throw new AbortException(AbortReason.ShareInvalid, "Shares came of other nodes than of the neighbours that shared.");
        }
        foreach (var (node, row) in delivery.Sealed.Entries) Keep(node, Open(node, row.Span));

        var lanes = Figures();
        var masks = new Masks(_terms, _header, _session);
        masks.Self(_self, _seed, lanes, MaskSign.Add);
        foreach (var other in neighbours) masks.Pair(_self, other, Agree(_masking!, other, keys => keys.Masking), lanes);
        _next = MessageKind.SurvivorList;
        return new MaskedInput(_session, lanes);
    }

    private void Keep(int node, byte[] shares)
    {
        if (shares.Length != SealedShares.PlainBytes || !Shamir.IsShare(KeyShare(shares)) || !Shamir.IsShare(SeedShare(shares)))
        {
            throw new AbortException(AbortReason.ShareInvalid, $"What {_terms.Roster.IdOf(node)} sealed is no pair of shares.");
        }
        _held.Add(node, shares);
    }

    /// <summary>Cut to the clip, then the noise is added: the noise must not be cut.</summary>
    private uint[] Figures()
    {
        var noise = new int[_terms.Schema.LaneCount];
        DrawNoise(noise);
        var figures = _figures();
        if (figures.Length != noise.Length) throw new InvalidOperationException("One figure is needed for each lane.");
        var lanes = new uint[noise.Length];
        for (var i = 0; i < lanes.Length; i++) lanes[i] = unchecked(Math.Min(figures.Span[i], _terms.Clip) + (uint)noise[i]);
        return lanes;
    }

    private void DrawNoise(int[] noise)
    {
        try
        {
            if (_seat.Noise.TryDraw(new NoiseRequest(_header.FederationId, _header.Epoch, _header.Round, _terms.SigmaPerNode), noise)) return;
        }
        catch (IOException failed)
        {
            throw new AbortException(AbortReason.NoiseRefused, $"The noise was refused: {failed.Message}");
        }
        throw new AbortException(AbortReason.NoiseRefused, "The noise was refused: the privacy budget is spent.");
    }

    /// <summary>
    /// The nodes of a stage are some of the stage before, this one among them, no fewer than the cohort, and of the holders of this node's secrets enough to
    /// open one: else its own masks could never come off, and a handful of others could be all that it is summed with.
    /// </summary>
    private void RequireStillThere(NodeSet nodes, NodeSet before)
    {
        if (!nodes.IsSubsetOf(before)) throw new AbortException(AbortReason.SetInvalid, "Nodes are named that were not there in the stage before.");
        if (!nodes.Contains(_self)) throw new AbortException(AbortReason.OwnEntryChanged, "This node is missing among the nodes, though it answered.");
        RequireCohort(nodes);
        var holders = nodes.CountOf(_graph.HoldersOf(_self));
        if (holders < _terms.Graph.Threshold)
        {
            throw new AbortException(AbortReason.CohortTooSmall, $"{holders} holders of this node's shares are left; {_terms.Graph.Threshold} are needed.");
        }
    }

    private static ReadOnlySpan<byte> KeyShare(byte[] shares) => shares.AsSpan(0, Shamir.ShareBytes);

    private static ReadOnlySpan<byte> SeedShare(byte[] shares) => shares.AsSpan(Shamir.ShareBytes);
}
