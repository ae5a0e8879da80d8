using System.Buffers.Binary;
using CsCheck;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Records;

/// <summary>What was not written like that is never believed.</summary>
public sealed class RecordDamageTests
{
    public static TheoryData<string> Names => [.. RecordSamples.All.Select(sample => sample.Name)];

    [Theory]
    [InlineData(TaskState.Assigned)]
    [InlineData(TaskState.InProgress)]
    public void Read_LeasedWithoutALease_IsRefused(TaskState state) => AssertContradicts(task => task.State = state);

    [Fact]
    public void Read_LeaseOfATaskThatIsNotLeased_IsRefused()
        => AssertContradicts(task => task.Lease = new() { Token = 1, AgentId = "coder", DurationMs = 1 });

    [Fact]
    public void Read_WaitingForNothing_IsRefused() => AssertContradicts(task => task.State = TaskState.Waiting);

    [Fact]
    public void Read_NotWaitingButForSomething_IsRefused() => AssertContradicts(task => task.Told.Waits = WaitReason.Children);

    private static void AssertContradicts(Action<TaskItem> change)
    {
        var task = new TaskItem { Id = "t", Type = "x", Order = 1, CreatedUnixMs = 0, Priority = TaskPriority.Medium };
        change(task);

        var refused = Assert.Throws<RecordException>(() => TaskRecords.ReadState("t", TaskRecords.WriteState(task).ToArray()));

        Assert.Contains("contradicts", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_CutShortAnywhere_IsRefusedByName(string name)
    {
        var sample = RecordSamples.Named(name);
        var record = sample.Write();
        for (var length = 0; length < record.Length; length++) AssertRefused(sample, record[..length]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_AnyBitFlipped_IsRefusedByName(string name)
    {
        var sample = RecordSamples.Named(name);
        var record = sample.Write().ToArray();
        for (var bit = 0; bit < record.Length * 8; bit++)
        {
            record[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertRefused(sample, record);
            record[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_UnderAnotherKey_IsRefused(string name)
    {
        var sample = RecordSamples.Named(name);
        if (sample.Content is QueueSettings) return;

        var wrong = Assert.Throws<RecordException>(() => sample.Read(sample.Key + "x", sample.Write()));

        Assert.Equal(sample.Key + "x", wrong.Key);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_NewerVersion_SaysSo(string name)
    {
        var sample = RecordSamples.Named(name);
        var record = sample.Write().ToArray();
        record[0] = RecordWriter.Version + 1;

        var wrong = Assert.Throws<RecordException>(() => sample.Read(sample.Key, Seal(sample, record)));

        Assert.Contains($"version {RecordWriter.Version + 1}", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_AsAnotherKind_IsRefused(string name)
    {
        var sample = RecordSamples.Named(name);
        foreach (var other in RecordSamples.All.Where(other => other.Content.GetType() != sample.Content.GetType()))
        {
            if (other.Content is QueueSettings) continue;
            Assert.Throws<RecordException>(() => other.Read(sample.Key, sample.Write()));
        }
    }

    /// <summary>A checksum shows damage, not malice or a mistake of an earlier program: what it covers is trusted no more for it.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Read_OtherContentUnderAGoodChecksum_IsReadOrRefusedByName(string name)
    {
        var sample = RecordSamples.Named(name);
        var good = sample.Write();
        Gen.Select(Gen.Int[0, good.Length - 5], Gen.Byte, Gen.Int[0, 8], Gen.Byte.Array[0, 12]).Sample((at, value, cut, more) =>
        {
            byte[] record = [.. good[..^(4 + Math.Min(cut, good.Length - 6))].Span, .. more, 0, 0, 0, 0];
            record[Math.Min(at, record.Length - 5)] = value;
            try
            {
                sample.Read(sample.Key, Seal(sample, record));
            }
            catch (RecordException refused)
            {
                Assert.Equal(sample.Key, refused.Key);
            }
        }, iter: 3_000);
    }

    private static void AssertRefused(RecordSample sample, ReadOnlyMemory<byte> record)
        => Assert.Equal(sample.Key, Assert.Throws<RecordException>(() => sample.Read(sample.Key, record)).Key);

    private static byte[] Seal(RecordSample sample, byte[] record)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(^4..), RecordWriter.Checksum(sample.Key, record.AsSpan(..^4)));
        return record;
    }
}
