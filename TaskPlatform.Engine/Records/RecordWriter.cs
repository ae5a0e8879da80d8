using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace TaskPlatform.Engine;

/// <summary>
/// Writes one record: a version, a kind, fields in a fixed order, and a CRC-32C over all of it and over the key it is stored under, so that a
/// record under a wrong key is found out as well. Numbers are little-endian base-128, signed ones zigzag.
/// </summary>
/// <remarks>A large graph makes tens of thousands of records at once: each thread writes all of its own in one buffer, and whoever keeps a record copies it.</remarks>
internal sealed class RecordWriter
{
    /// <summary>Raised when the order or meaning of fields changes; readers keep every older one.</summary>
    public const byte Version = 4;

    private const int FirstBytes = 1_024;

    // A body or result with the largest payload that the service takes; what grew beyond is not kept.
    private const int KeptBytes = 512 << 10;
    private const int LongestNumber = 10;

    [ThreadStatic]
    private static RecordWriter? _idle;

    private byte[] _buffer = new byte[FirstBytes];
    private int _length;

    private RecordWriter()
    {
    }

    /// <summary>Begins a record; <see cref="Seal"/> ends it.</summary>
    public static RecordWriter Begin(RecordKind kind)
    {
        var writer = _idle ?? new RecordWriter();
        _idle = null;
        writer._length = 0;
        writer.Byte(Version);
        writer.Byte((byte)kind);
        return writer;
    }

    public void Byte(byte value) => Add(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Number(long value)
    {
        Reserve(LongestNumber);
        var rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest >= 0x80; rest >>= 7) _buffer[_length++] = (byte)(rest | 0x80);
        _buffer[_length++] = (byte)rest;
    }

    public void Optional(long? value)
    {
        Bool(value.HasValue);
        if (value is { } number) Number(number);
    }

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Add(8), value);

    public void Optional(double? value)
    {
        Bool(value.HasValue);
        if (value is { } number) Double(number);
    }

    public void Bits(UInt128 value) => BinaryPrimitives.WriteUInt128LittleEndian(Add(16), value);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        value.CopyTo(Add(value.Length));
    }

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Number(length);
        Encoding.UTF8.GetBytes(value, Add(length));
    }

    public void Optional(string? value)
    {
        Bool(value is not null);
        if (value is not null) Text(value);
    }

    public void List<T>(ImmutableArray<T> items, Action<RecordWriter, T> write)
    {
        Number(items.Length);
        foreach (var item in items) write(this, item);
    }

    public void List<T>(IReadOnlyCollection<T> items, Action<RecordWriter, T> write)
    {
        Number(items.Count);
        if (items.Count == 0) return;
        foreach (var item in items) write(this, item);
    }

    /// <summary>Ends the record.</summary>
    /// <returns>The record, until this thread begins another one.</returns>
    public ReadOnlySpan<byte> Seal(string key)
    {
        var checksum = Checksum(key, _buffer.AsSpan(0, _length));
        BinaryPrimitives.WriteUInt32LittleEndian(Add(4), checksum);
        if (_buffer.Length <= KeptBytes) _idle = this;
        return _buffer.AsSpan(0, _length);
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

    private Span<byte> Add(int count)
    {
        Reserve(count);
        _length += count;
        return _buffer.AsSpan(_length - count, count);
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _length < count) Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, _length + count));
    }
}
