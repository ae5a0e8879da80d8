using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using CsCheck;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Records;

/// <summary>What was written is read again, and what was not written like that is never believed.</summary>
public sealed class RecordTests
{
    public static TheoryData<string> Names => [.. RecordSamples.All.Select(sample => sample.Name)];

    private static readonly string[] Odd = ["", "é", "漢字", "\"\\\n"];
    private static readonly Gen<string> Texts = Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 20], Gen.Int[0, 3], (word, odd) => word + Odd[odd]);
    private static readonly Gen<ReadOnlyMemory<byte>> Bytes = Gen.Byte.Array[0, 300].Select(bytes => (ReadOnlyMemory<byte>)bytes);
    private static readonly Gen<UInt128> Bits = Gen.Select(Gen.ULong, Gen.ULong, (high, low) => new UInt128(high, low));

    private static readonly Gen<TaskError?> Errors
        = Gen.Select(Gen.Bool, Texts, Texts, Gen.Bool, (has, type, message, retryable) => has ? new TaskError(type, message, retryable) : null);

    private static readonly Gen<AttemptRecord> Attempts = Gen.Select(Gen.Int, Texts, Gen.Null(Texts), Gen.Long, Texts, Errors,
        (attempt, agent, instance, at, outcome, error) => new AttemptRecord(attempt, agent, instance, at, at ^ 0x55, outcome, error));

    private static readonly Gen<Lease> Leases = Gen.Select(Bits, Texts, Gen.Null(Texts), Gen.Null(Texts), Gen.Long, Gen.Int,
        (token, agent, instance, claim, duration, regrants) =>
            new Lease { Token = token, AgentId = agent, InstanceId = instance, ClaimId = claim, DurationMs = duration, Regrants = regrants });

    private static readonly Gen<DependencyEdge> Edges = Gen.Select(Texts, Gen.Int[0, 2], (id, on) => new DependencyEdge(id, (EdgeKind)on));

    private static readonly Gen<SettledGrant> Settled = Gen.Select(Bits, Gen.Int[1, 3], (token, verb) => new SettledGrant(token, (SettleVerb)verb));

    [Fact]
    public void State_AnyTask_IsReadAsItWasWritten()
        => Gen.Select(Identities, Progresses, Leases, Attempts.Array[0, 5], Settled.Array[0, 5]).Sample((identity, progress, lease, attempts, settled) =>
        {
            var task = progress(identity);
            task.Lease = task.State.IsLeased() ? lease : null;
            (task.Attempts, task.Settled) = ([.. attempts], [.. settled]);
            AssertReadsAsWritten(RecordSamples.State("any", task));
        }, iter: 1_000);

    private static Gen<TaskItem> Identities { get; } = Gen.Select(
        Gen.Select(Texts, Texts, Gen.Long, Gen.Long), Gen.Select(Bits, Gen.Null(Texts), Edges.Array[0, 4], Gen.Nullable(Gen.Long)),
        Gen.Select(Gen.Int[1, 4], Gen.Dictionary(Texts, Texts)[0, 4], Gen.Nullable(Gen.Long)),
        (a, b, c) => new TaskItem
        {
            Id = a.Item1,
            Type = a.Item2,
            Order = a.Item3,
            CreatedUnixMs = a.Item4,
            Fingerprint = b.Item1,
            GraphId = b.Item2,
            DependsOn = [.. b.Item3],
            DeadlineUnixMs = b.Item4,
            Priority = (TaskPriority)c.Item1,
            Labels = c.Item2.ToImmutableSortedDictionary(StringComparer.Ordinal),
            NotBeforeUnixMs = c.Item3,
        });

    private static Gen<Func<TaskItem, TaskItem>> Progresses { get; } = Gen.Select(
        Gen.Select(Gen.Int[0, 8], Gen.Int, Gen.Null(Texts), Gen.Nullable(Gen.Long)), Gen.Select(Errors, Gen.Int, Gen.Nullable(Gen.Double), Gen.Null(Texts)),
        Gen.Select(Bytes, Gen.Long, Gen.Double, Gen.Bool),
        (a, b, c) => new Func<TaskItem, TaskItem>(task =>
        {
            (task.State, task.AttemptsUsed, task.Requeues, task.Losses) = ((TaskState)a.Item1, a.Item2, ~a.Item2, a.Item2 / 2);
            (task.AssignedAgent, task.StartedUnixMs, task.FinishedUnixMs) = (a.Item3, a.Item4, -a.Item4);
            (task.Error, task.ResultBytes, task.Progress, task.Message) = (b.Item1, b.Item2, Finite(b.Item3), b.Item4);
            (task.Checkpoint, task.UsedTokens, task.BackoffMs, task.BackoffEndsUnixMs) = (c.Item1, c.Item2, c.Item2 / 3, -c.Item2);
            (task.UsedCost, task.GrantUsage, task.Confidence) = (Finite(c.Item3) ?? 0, new Usage(c.Item2, 0.5), Finite(b.Item3));
            (task.CancelRequested, task.CancelReason, task.CancelledBy) = (c.Item4, b.Item4, a.Item3);
            return task;
        }));

    /// <summary>Not a number has no JSON to compare by.</summary>
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    [Fact]
    public void Body_Any_IsReadAsItWasWritten()
        => Gen.Select(Gen.Select(Gen.Null(Texts), Bytes, Texts.Array[0, 4], Gen.Int), Gen.Select(Gen.Bool, Gen.Long, Gen.Nullable(Gen.Long), Gen.Null(Texts)))
            .Sample((a, b) => AssertReadsAsWritten(RecordSamples.Body("any", new TaskBody
            {
                Description = a.Item1,
                Payload = a.Item2,
                Capabilities = [.. a.Item3],
                MaxAttempts = a.Item4,
                Backoff = new(b.Item1, b.Item2, ~b.Item2),
                LeaseMs = b.Item2,
                AttemptTimeoutMs = -b.Item2,
                StallMs = b.Item3,
                Traceparent = b.Item4,
            })), iter: 1_000);

    [Fact]
    public void Agent_Any_IsReadAsItWasWritten()
        => Gen.Select(Texts, Gen.Bool, Texts.Array[0, 4], Gen.Int, Gen.Double.Unit, Gen.Long).Sample((id, flag, capabilities, most, rate, total) =>
            AssertReadsAsWritten(RecordSamples.Agent("any", new AgentItem
            {
                Id = id,
                IsRegistered = flag,
                Capabilities = capabilities.ToImmutableSortedSet(StringComparer.Ordinal),
                MaxConcurrency = most,
                IsDraining = !flag,
                SuccessRate = rate,
                MeanSeconds = rate * 1e9,
                TotalTasks = total,
            })), iter: 1_000);

    [Fact]
    public void QueueRecords_Any_AreReadAsTheyWereWritten()
        => Gen.Select(Texts, Bits, Gen.Null(Texts), Gen.Long, Gen.Bool, Texts.Array[0, 4]).Sample((id, bits, text, number, flag, words) =>
        {
            AssertReadsAsWritten(RecordSamples.Entry("any", new IdempotencyEntry(id, bits, text, number)));
            AssertReadsAsWritten(RecordSamples.Graph("any", new GraphItem { Id = id, CreatedUnixMs = number, Size = words.Length, CancelRequested = flag, CancelReason = text }));
            var types = words.ToImmutableSortedSet(StringComparer.Ordinal);
            AssertReadsAsWritten(RecordSamples.Settings("any", new QueueSettings { AgeingMs = number, Paused = flag, PausedTypes = types }));
        }, iter: 1_000);

    private static void AssertReadsAsWritten(RecordSample sample)
    {
        var record = sample.Write();
        var read = sample.Read(sample.Key, record);
        Assert.Equal(RecordSamples.Describe(sample.Content).GetRawText(), RecordSamples.Describe(read).GetRawText());
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
