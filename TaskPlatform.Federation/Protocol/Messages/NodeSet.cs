namespace TaskPlatform.Federation.Protocol.Messages;

/// <summary>Some nodes of a roster, by their places in it. On the wire one bit for each node of the roster, the first the lowest.</summary>
internal sealed class NodeSet
{
    private readonly bool[] _has;

    private NodeSet(bool[] has)
    {
        _has = has;
        Members = [.. Enumerable.Range(0, has.Length).Where(node => has[node])];
    }

    /// <summary>The members' places, rising.</summary>
    public IReadOnlyList<int> Members { get; }

    public int Count => Members.Count;

    public static NodeSet Of(int roster, IEnumerable<int> members)
    {
        var has = new bool[roster];
        foreach (var member in members) has[member] = true;
        return new NodeSet(has);
    }

    public static int BitBytes(int roster) => (roster + 7) / 8;

    /// <summary>The set, or null where a bit stands for no node.</summary>
    public static NodeSet? FromBits(ReadOnlySpan<byte> bits, int roster)
    {
        var has = new bool[roster];
        for (var i = 0; i < bits.Length * 8; i++)
        {
            if ((bits[i / 8] >> (i % 8) & 1) == 0) continue;
            if (i >= roster) return null;
            has[i] = true;
        }
        return new NodeSet(has);
    }

    public byte[] ToBits()
    {
        var bits = new byte[BitBytes(_has.Length)];
        foreach (var member in Members) bits[member / 8] |= (byte)(1 << (member % 8));
        return bits;
    }

    public bool Contains(int node) => _has[node];

    public bool IsSubsetOf(NodeSet other) => Members.All(other.Contains);

    public int CountOf(IEnumerable<int> nodes) => nodes.Count(Contains);
}
