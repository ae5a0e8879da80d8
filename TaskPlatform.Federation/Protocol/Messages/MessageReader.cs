using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Federation.Protocol.Messages;

/// <summary>
/// Reads a message. Every length is checked before anything is allocated; what is cut, too long or in an order other than the writer's ends in
/// <see cref="AbortReason.MalformedMessage"/>, so that a message can be written in one way only.
/// </summary>
internal ref struct MessageReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = bytes;

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double Double() => BitConverter.UInt64BitsToDouble(UInt64());

    public byte[] Bytes(int count) => Take(count).ToArray();

    public string Text()
    {
        var bytes = Take(Byte());
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("a text is no UTF-8");
        }
    }

    public uint[] Lanes(int count)
    {
        var bytes = Take(checked(count * sizeof(uint)));
        if (BitConverter.IsLittleEndian) return MemoryMarshal.Cast<byte, uint>(bytes).ToArray();
        var lanes = new uint[count];
        for (var i = 0; i < lanes.Length; i++) lanes[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);
        return lanes;
    }

    /// <summary>A set of nodes of a roster of this size.</summary>
    public NodeSet Nodes(int roster) =>
        NodeSet.FromBits(Take(NodeSet.BitBytes(roster)), roster) ?? throw Malformed("nodes are named that are not in the roster");

    /// <summary>Rows of this size, for nodes of a roster of this size, each at most once and in order.</summary>
    public NodeRows Rows(int roster, int rowBytes)
    {
        var count = UInt16();
        if (count > roster) throw Malformed("more rows than nodes");
        var bytes = new MessageReader(Take(count * (sizeof(ushort) + rowBytes)));
        var nodes = new int[count];
        var rows = new byte[count * rowBytes];
        for (var i = 0; i < count; i++)
        {
            nodes[i] = bytes.UInt16();
            if (nodes[i] >= roster || (i > 0 && nodes[i] <= nodes[i - 1])) throw Malformed("rows out of order, repeated or of unknown nodes");
            bytes.Take(rowBytes).CopyTo(rows.AsSpan(i * rowBytes));
        }
        return new NodeRows(nodes, rowBytes, rows);
    }

    /// <summary>Nothing may follow.</summary>
    public readonly void End()
    {
        if (_rest.Length > 0) throw Malformed("longer than its contents");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw Malformed("cut short");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static AbortException Malformed(string what) => new(AbortReason.MalformedMessage, $"The message is malformed: {what}.");
}
