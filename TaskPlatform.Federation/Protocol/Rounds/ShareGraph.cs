using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Messages;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>
/// Who shares with whom, among the nodes that announced keys: all with all, or each with its neighbours on a ring (a Harary graph). The order on the ring
/// follows from the session, that is from everybody's keys, so nobody can choose a place before the keys are known.
/// </summary>
internal sealed class ShareGraph
{
    private readonly int[] _order;
    private readonly Dictionary<int, int> _place;
    private readonly int _reach;
    private readonly bool _complete;
    private readonly bool _holdsOwn;

    public ShareGraph(GraphParameters parameters, byte[] session, NodeSet nodes)
    {
        _holdsOwn = parameters.IsComplete;
        _complete = parameters.IsComplete || parameters.Degree >= nodes.Count - 1;
        _reach = parameters.Degree / 2;
        _order = _complete ? [.. nodes.Members] : [.. nodes.Members.OrderBy(node => Position(session, node), StringComparer.Ordinal)];
        _place = _order.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
    }

    /// <summary>With whom a node has pair masks, rising.</summary>
    public int[] NeighboursOf(int node)
    {
        if (_complete) return [.. _order.Where(other => other != node)];
        var place = _place[node];
        return
        [
            .. Enumerable.Range(1, _reach)
                .SelectMany(step => (int[])[_order[(place + step) % _order.Length], _order[(place - step + _order.Length) % _order.Length]])
                .Order(),
        ];
    }

    /// <summary>
    /// Who holds shares of a node's secrets, rising: where the rules let all share with all, itself too, as the thresholds then count all nodes; on a ring its
    /// neighbours, also where so many nodes are lost that these are all others.
    /// </summary>
    public int[] HoldersOf(int node) => _holdsOwn ? _order : NeighboursOf(node);

    private static string Position(byte[] session, int node) =>
        Convert.ToHexString(SHA256.HashData(new MessageWriter().Text("fed/v1/ring").Bytes(session).UInt16(node).ToArray()));
}
