using System.Buffers.Binary;
using System.IO.Hashing;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>
/// The journal in a file of two slots, written in turns and synced. A crash can tear only the slot that was being written, and then nothing was sent yet: the
/// other one holds. The newest whole slot counts; a file in which none is whole is refused.
/// </summary>
public sealed class FileRoundJournal : IRoundJournal, IDisposable
{
    private const int SlotBytes = 32;
    private const uint Format = 0x314A4654; // "TFJ1"

    private readonly FileStream _file;
    private Entry _last;

    private FileRoundJournal(FileStream file, Entry last)
    {
        _file = file;
        _last = last;
    }

    /// <summary>The last round joined; null before the first.</summary>
    public ulong? LastRound => _last.Sequence == 0 ? null : _last.Round;

    /// <summary>Opens the file, or creates it. Nobody else may have it open.</summary>
    /// <exception cref="InvalidDataException">It is not empty, and neither slot is whole.</exception>
    /// <exception cref="IOException">It is open elsewhere, or cannot be written.</exception>
    public static FileRoundJournal Open(string path)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        try
        {
            // A journal that a power cut takes away would let a round be answered twice.
            if (file.Length == 0) FolderSync.SyncFolderOf(path);
            return new FileRoundJournal(file, Read(file, path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool TryJoin(ulong round)
    {
        if (_last.Sequence > 0 && round <= _last.Round) return false;
        Write(new Entry(_last.Sequence + 1, round, Answered: false));
        return true;
    }

    /// <inheritdoc/>
    public bool TryAnswer(ulong round)
    {
        if (_last.Sequence == 0 || round != _last.Round || _last.Answered) return false;
        Write(new Entry(_last.Sequence + 1, round, Answered: true));
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Write(Entry entry)
    {
        var slot = new byte[SlotBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(slot, Format);
        BinaryPrimitives.WriteUInt64LittleEndian(slot.AsSpan(4), entry.Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(slot.AsSpan(12), entry.Round);
        slot[20] = entry.Answered ? (byte)1 : (byte)0;
        Checksum(slot).CopyTo(slot.AsSpan(24));
        _file.Position = (long)(entry.Sequence % 2) * SlotBytes;
        _file.Write(slot);
        _file.Flush(flushToDisk: true);
        _last = entry;
    }

    private static Entry Read(FileStream file, string path)
    {
        var bytes = new byte[2 * SlotBytes];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var whole = new[] { ReadSlot(bytes.AsSpan(0, SlotBytes)), ReadSlot(bytes.AsSpan(SlotBytes)) }.OfType<Entry>().ToList();
        if (whole.Count > 0) return whole.MaxBy(entry => entry.Sequence);
        return IsUnwritten(bytes.AsSpan(0, length)) ? default : throw new InvalidDataException($"The round journal {path} is damaged: neither of its slots is whole.");
    }

    /// <summary>The second slot is the first to be written. While the first is untouched, a torn second one is that very first write, and nothing was sent yet.</summary>
    private static bool IsUnwritten(ReadOnlySpan<byte> bytes) => !bytes[..Math.Min(bytes.Length, SlotBytes)].ContainsAnyExcept((byte)0);

    private static Entry? ReadSlot(ReadOnlySpan<byte> slot)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(slot) != Format || !slot[24..].SequenceEqual(Checksum(slot))) return null;
        return new Entry(BinaryPrimitives.ReadUInt64LittleEndian(slot[4..]), BinaryPrimitives.ReadUInt64LittleEndian(slot[12..]), slot[20] == 1);
    }

    private static byte[] Checksum(ReadOnlySpan<byte> slot) => XxHash64.Hash(slot[..24]);

    /// <param name="Sequence">Rises with each write, from 1.</param>
    /// <param name="Round">The last one joined.</param>
    /// <param name="Answered">Whether it was answered.</param>
    private readonly record struct Entry(ulong Sequence, ulong Round, bool Answered);
}
