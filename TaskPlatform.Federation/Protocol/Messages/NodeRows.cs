namespace TaskPlatform.Federation.Protocol.Messages;

/// <summary>So many bytes for each of some nodes. One array holds them all: a round of a thousand nodes has a million sealed shares.</summary>
/// <param name="nodes">The nodes' places in the roster, rising.</param>
/// <param name="rowBytes">The size of a row.</param>
/// <param name="rows">The rows, in the nodes' order.</param>
internal sealed class NodeRows(int[] nodes, int rowBytes, byte[] rows)
{
    public int[] Nodes => nodes;

    public int RowBytes => rowBytes;

    public static NodeRows From(int rowBytes, IEnumerable<(int Node, ReadOnlyMemory<byte> Row)> entries)
    {
        var ordered = entries.OrderBy(entry => entry.Node).ToList();
        var rows = new byte[ordered.Count * rowBytes];
        for (var i = 0; i < ordered.Count; i++) ordered[i].Row.CopyTo(rows.AsMemory(i * rowBytes, rowBytes));
        return new NodeRows([.. ordered.Select(entry => entry.Node)], rowBytes, rows);
    }

    public ReadOnlyMemory<byte> Row(int index) => rows.AsMemory(index * rowBytes, rowBytes);

    /// <summary>The row of a node, or null.</summary>
    public ReadOnlyMemory<byte>? Of(int node) => Array.BinarySearch(nodes, node) is >= 0 and var index ? Row(index) : null;

    public IEnumerable<(int Node, ReadOnlyMemory<byte> Row)> Entries => nodes.Select((node, index) => (node, Row(index)));
}
