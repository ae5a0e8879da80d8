using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace TaskPlatform.Engine;

/// <summary>Reads what <see cref="RecordWriter"/> wrote, and trusts none of it.</summary>
internal ref struct RecordReader
{
    private const int ChecksumBytes = 4;
    private const int HeaderBytes = 2;

    private readonly string _key;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _record;
    private int _position;

    /// <exception cref="RecordException">Too short, of another kind, of a newer version, or changed since it was written.</exception>
    public RecordReader(string key, RecordKind kind, ReadOnlyMemory<byte> stored)
    {
        var record = stored.Span;
        (_key, _memory) = (key, stored);
        if (record.Length < HeaderBytes + ChecksumBytes) throw new RecordException(key, $"is cut short: {record.Length} bytes");
        var content = record[..^ChecksumBytes];
        if (record[0] is 0 or > RecordWriter.Version) throw new RecordException(key, $"has version {record[0]}, and this program reads versions up to {RecordWriter.Version}");
        if (BinaryPrimitives.ReadUInt32LittleEndian(record[^ChecksumBytes..]) != RecordWriter.Checksum(key, content))
            throw new RecordException(key, "is damaged: its checksum does not fit");
        if (record[1] != (byte)kind) throw new RecordException(key, $"is of kind {record[1]} where {(byte)kind} ({kind}) is due");
        _record = content;
        _position = HeaderBytes;
        Version = record[0];
    }

    /// <summary>The version of the format that the record was written in.</summary>
    public byte Version { get; }

    public byte Byte() => Take(1)[0];

    public bool Bool() => Choice(1) == 1;

    /// <summary>A byte that is one of a few; any other was never written.</summary>
    public byte Choice(byte last, byte first = 0)
    {
        var value = Byte();
        if (value < first || value > last) throw new RecordException(_key, $"holds {value} where {first} to {last} may stand");
        return value;
    }

    public long Number()
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Byte();
            if (shift > 63) throw new RecordException(_key, "holds a number that does not end");
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) break;
        }
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public int Int()
    {
        var value = Number();
        if (value is < int.MinValue or > int.MaxValue) throw new RecordException(_key, $"holds {value} where a smaller number may stand");
        return (int)value;
    }

    public long? OptionalNumber() => Bool() ? Number() : null;

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public double? OptionalDouble() => Bool() ? Double() : null;

    public UInt128 Bits() => BinaryPrimitives.ReadUInt128LittleEndian(Take(16));

    /// <summary>A part of the record itself, which nobody may write to from then on: what is read is not copied.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        var length = Take(Int()).Length;
        return length == 0 ? default : _memory.Slice(_position - length, length);
    }

    /// <summary>A word that stands in many tasks.</summary>
    public string Name() => SharedNames.Of(Text());

    public string? OptionalName() => Bool() ? Name() : null;

    public string Text() => Encoding.UTF8.GetString(Take(Int()));

    public string? OptionalText() => Bool() ? Text() : null;

    public ImmutableArray<T> List<T>(Read<T> read)
    {
        var count = Int();
        // Each item takes a byte at least: a count beyond what is left is no count.
        if (count < 0 || count > _record.Length - _position) throw new RecordException(_key, $"holds a list of {count} items, which it has no room for");
        if (count == 0) return [];
        var items = new T[count];
        for (var index = 0; index < count; index++) items[index] = read(ref this);
        return ImmutableCollectionsMarshal.AsImmutableArray(items);
    }

    public ImmutableSortedSet<string> Words() => List(static (ref reader) => reader.Text()).ToImmutableSortedSet(StringComparer.Ordinal);

    public readonly void End()
    {
        if (_position != _record.Length) throw new RecordException(_key, $"holds {_record.Length - _position} bytes too many");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _record.Length - _position) throw new RecordException(_key, "ends in the middle of a field");
        var taken = _record.Slice(_position, count);
        _position += count;
        return taken;
    }

    public delegate T Read<out T>(ref RecordReader reader);
}
