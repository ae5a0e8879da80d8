using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace TaskPlatform.Federation.Protocol.Messages;

/// <summary>Writes a message: integers little-endian, texts in UTF-8 with their length before them.</summary>
internal sealed class MessageWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public MessageWriter Byte(byte value) => Bytes([value]);

    public MessageWriter UInt16(int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.GetSpan(2), checked((ushort)value));
        _buffer.Advance(2);
        return this;
    }

    public MessageWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }

    public MessageWriter UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    public MessageWriter Double(double value) => UInt64(BitConverter.DoubleToUInt64Bits(value));

    public MessageWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    /// <summary>At most 255 bytes.</summary>
    public MessageWriter Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Byte(checked((byte)bytes.Length)).Bytes(bytes);
    }

    public MessageWriter Lanes(ReadOnlySpan<uint> lanes)
    {
        if (BitConverter.IsLittleEndian) return Bytes(MemoryMarshal.AsBytes(lanes));
        foreach (var lane in lanes) UInt32(lane);
        return this;
    }

    public MessageWriter Nodes(NodeSet nodes) => Bytes(nodes.ToBits());

    public MessageWriter Rows(NodeRows rows)
    {
        UInt16(rows.Nodes.Length);
        for (var i = 0; i < rows.Nodes.Length; i++) UInt16(rows.Nodes[i]).Bytes(rows.Row(i).Span);
        return this;
    }
}
