using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace TaskPlatform.Engine;

/// <summary>What a record is of. The numbers stand in stored records: never change one.</summary>
internal enum RecordKind : byte
{
    State = 1,
    Body = 2,
    Result = 3,
    Agent = 4,
    Graph = 5,
    Key = 6,
    Settings = 7,
}

/// <summary>
/// Writes one record: a version, a kind, fields in a fixed order, and a CRC-32C over all of it and over the key it is stored under, so that a
/// record under a wrong key is found out as well. Numbers are little-endian base-128, signed ones zigzag.
/// </summary>
internal sealed class RecordWriter
{
    /// <summary>Raised when the order or meaning of fields changes; readers keep every older one.</summary>
    public const byte Version = 1;

    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    public RecordWriter(RecordKind kind)
    {
        Byte(Version);
        Byte((byte)kind);
    }

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Number(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest >= 0x80; rest >>= 7) Byte((byte)(rest | 0x80));
        Byte((byte)rest);
    }

    public void Optional(long? value)
    {
        Bool(value.HasValue);
        if (value is { } number) Number(number);
    }

    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    public void Optional(double? value)
    {
        Bool(value.HasValue);
        if (value is { } number) Double(number);
    }

    public void Bits(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(_buffer.GetSpan(16), value);
        _buffer.Advance(16);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        _buffer.Write(value);
    }

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Number(length);
        Encoding.UTF8.GetBytes(value, _buffer.GetSpan(length));
        _buffer.Advance(length);
    }

    public void Optional(string? value)
    {
        Bool(value is not null);
        if (value is not null) Text(value);
    }

    public void List<T>(IReadOnlyCollection<T> items, Action<RecordWriter, T> write)
    {
        Number(items.Count);
        foreach (var item in items) write(this, item);
    }

    public ReadOnlyMemory<byte> Seal(string key)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(4), Checksum(key, _buffer.WrittenSpan));
        _buffer.Advance(4);
        return _buffer.WrittenMemory;
    }

    /// <summary>CRC-32C (RFC 3720, appendix B.4) over the key's UTF-16 code units and the record.</summary>
    internal static uint Checksum(string key, ReadOnlySpan<byte> record)
    {
        var crc = uint.MaxValue;
        foreach (var unit in key) crc = BitOperations.Crc32C(crc, unit);
        var words = MemoryMarshal.Cast<byte, ulong>(record);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var value in record[(words.Length * 8)..]) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
