using System.Buffers.Binary;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Records;

/// <summary>
/// The records of every version of the format, damaged in each place. Damage is refused by the checksum; behind a checksum that fits, as a mistake of an earlier program
/// would have it, a record is read or refused, and costs no more than it is large.
/// </summary>
public sealed class GoldenDamageTests
{
    private const int ChecksumBytes = 4;

    // What an error and the objects of a record take; a length that was believed would take megabytes.
    private const long MostAllocated = 64 << 10;

    public static TheoryData<string> Files => GoldenTests.Files;

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_CutShortAnywhere_IsRefusedByName(string file)
    {
        var golden = new Golden(file);

        for (var length = 0; length < golden.Record.Length; length++) AssertRefused(golden, golden.Record[..length]);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_AnyByteChangedToAnyOther_IsRefusedByName(string file)
    {
        var golden = new Golden(file);

        foreach (var record in golden.WithEachByteChanged()) AssertRefused(golden, record);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_CutShortUnderAChecksumThatFits_IsRefusedByName(string file)
    {
        var golden = new Golden(file);

        for (var length = 0; length < golden.Record.Length - ChecksumBytes; length++) AssertRefused(golden, golden.Seal([.. golden.Record[..length], 0, 0, 0, 0]));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_AnyByteChangedUnderAChecksumThatFits_IsReadOrRefusedByNameAndCostsLittle(string file)
    {
        var golden = new Golden(file);
        golden.Read(golden.Record); // what is made once is made now

        foreach (var record in golden.WithEachByteChanged())
        {
            golden.Seal(record);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                golden.Read(record);
            }
            catch (RecordException refused)
            {
                Assert.Equal(golden.Key, refused.Key);
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
        }
    }

    private static void AssertRefused(Golden golden, byte[] record)
        => Assert.Equal(golden.Key, Assert.Throws<RecordException>(() => golden.Read(record)).Key);

    private sealed class Golden
    {
        private readonly RecordSample _kind;

        public Golden(string file)
        {
            (Key, _, Record) = GoldenTests.Parse(Path.Combine(GoldenTests.Folder, file));
            _kind = RecordSamples.Named(Path.GetFileNameWithoutExtension(file));
        }

        public string Key { get; }

        public byte[] Record { get; }

        public object Read(byte[] record) => _kind.Read(Key, record);

        public byte[] Seal(byte[] record)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(^ChecksumBytes..), RecordWriter.Checksum(Key, record.AsSpan(..^ChecksumBytes)));
            return record;
        }

        /// <summary>The record with one byte at a time changed by each of the 255 differences.</summary>
        public IEnumerable<byte[]> WithEachByteChanged()
        {
            for (var at = 0; at < Record.Length; at++)
            {
                for (var difference = 1; difference < 256; difference++)
                {
                    var changed = (byte[])Record.Clone();
                    changed[at] ^= (byte)difference;
                    yield return changed;
                }
            }
        }
    }
}
