using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TaskPlatform.Federation.Protocol.Privacy;

/// <summary>
/// A line of the ledger, 128 bytes: version, kind, length of the name, five zeros; period, round and billionths of ρ as 64-bit numbers, little-endian; the name in 80 bytes; 16 bytes of SHA-256 over
/// the check of the line before and all of this one, so that none can be changed, left out or moved.
/// </summary>
/// <param name="Kind">What it says.</param>
/// <param name="Name">The tenant; in the first line the node. 1 to <see cref="MaxNameBytes"/> bytes of UTF-8.</param>
/// <param name="Period">The period of accounts.</param>
/// <param name="Round">The round that is paid for.</param>
/// <param name="NanoRho">What it costs, in billionths of ρ.</param>
internal readonly record struct LedgerRecord(LedgerRecord.Kinds Kind, string Name, long Period, long Round, long NanoRho)
{
    public enum Kinds : byte
    {
        /// <summary>The first line: whose ledger it is.</summary>
        Opened = 1,

        /// <summary>A release is paid for.</summary>
        Debit = 2,
    }

    public const int Size = 128;
    public const int CheckSize = 16;
    public const int MaxNameBytes = 80;

    private const byte Version = 1;
    private const int NameAt = 32;
    private const int CheckAt = Size - CheckSize;

    /// <summary>What the first line is chained to.</summary>
    public static ReadOnlySpan<byte> NoCheck => new byte[CheckSize];

    public static bool IsName(string name) => name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MaxNameBytes;

    /// <summary>As it is written.</summary>
    public byte[] ToBytes(ReadOnlySpan<byte> checkBefore)
    {
        var bytes = new byte[Size];
        (bytes[0], bytes[1]) = (Version, (byte)Kind);
        bytes[2] = (byte)Encoding.UTF8.GetBytes(Name, bytes.AsSpan(NameAt, MaxNameBytes));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Period);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Round);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), NanoRho);
        Check(checkBefore, bytes).CopyTo(bytes.AsSpan(CheckAt));
        return bytes;
    }

    /// <summary>Reads a line; false where it is not what was written after the one before.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> checkBefore, out LedgerRecord record)
    {
        record = default;
        if (!Check(checkBefore, bytes).SequenceEqual(bytes[CheckAt..Size]) || bytes[0] != Version || bytes[2] > MaxNameBytes) return false;
        record = new LedgerRecord(
            (Kinds)bytes[1], Encoding.UTF8.GetString(bytes.Slice(NameAt, bytes[2])), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));
        return true;
    }

    /// <summary>Whether a line at the end never got there whole: its check is still as the file system fills what was not written.</summary>
    public static bool IsTorn(ReadOnlySpan<byte> bytes) => bytes.Length < Size || !bytes[CheckAt..Size].ContainsAnyExcept((byte)0);

    public static ReadOnlySpan<byte> CheckOf(ReadOnlySpan<byte> bytes) => bytes[CheckAt..Size];

    private static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> before, ReadOnlySpan<byte> bytes)
    {
        Span<byte> chained = stackalloc byte[CheckSize + CheckAt];
        before.CopyTo(chained);
        bytes[..CheckAt].CopyTo(chained[CheckSize..]);
        return SHA256.HashData(chained).AsSpan(0, CheckSize);
    }
}
