using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>Messages as bytes: one form, no other length, no other version.</summary>
public sealed class MessageTests
{
    private static readonly byte[] Hash = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    private static readonly RoundHeader Header = new()
    {
        SchemaMajor = 1, SchemaMinor = 0, SchemaHash = Hash, SuiteId = 2, FederationId = "lab", Epoch = 3, Round = 4, RosterHash = Hash, Sigma = 12, Clip = 5,
    };

    private static readonly WireShape Shape = new(Nodes: 11, PublicKeyBytes: 32, Lanes: 3);

    private static readonly NodeSet Some = NodeSet.Of(11, [0, 3, 10]);

    private static readonly (IMessage Message, Func<byte[], IMessage> Read)[] All =
    [
        Case(new RoundOffer(Header)),
        Case(new KeyAnnouncement(Hash, new RoundKeys(Fill(32), Fill(32), Fill(64)))),
        Case(new KeyList(Hash, RowsOf(128))),
        Case(new ShareBundle(Hash, Hash, RowsOf(SealedShares.Bytes))),
        Case(new ShareDelivery(Hash, Some, RowsOf(SealedShares.Bytes))),
        Case(new MaskedInput(Hash, [1, 2, uint.MaxValue])),
        Case(new SurvivorList(Hash, Some)),
        Case(new SurvivorSignature(Hash, Fill(64))),
        Case(new SignatureList(Hash, RowsOf(64))),
        Case(new UnmaskShares(Hash, RowsOf(40))),
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, All.Length)];

    [Fact]
    public void Cases_Cover_EveryKind() => Assert.Equal(Enum.GetValues<MessageKind>(), All.Select(one => one.Message.Kind));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_WhatWasWritten_WritesTheSameBytes(int index)
    {
        var (message, read) = All[index];
        var bytes = MessageFrame.Write(message);

        Assert.Equal(message.Kind, MessageFrame.KindOf(bytes));
        Assert.Equal(bytes, MessageFrame.Write(read(bytes)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_CutAnywhereOrLonger_IsMalformed(int index)
    {
        var (message, read) = All[index];
        var bytes = MessageFrame.Write(message);

        for (var length = 0; length < bytes.Length; length++) AssertAbort(AbortReason.MalformedMessage, () => read(bytes[..length]));
        AssertAbort(AbortReason.MalformedMessage, () => read([.. bytes, 0]));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_OtherVersions_MajorIsRefusedNewerMinorMayBeLonger(int index)
    {
        var (message, read) = All[index];
        var bytes = MessageFrame.Write(message);

        byte[] newerMinor = [.. bytes[..3], MessageFrame.Minor + 1, .. bytes[4..], 9, 9];
        byte[] newerMajor = [.. bytes[..2], MessageFrame.Major + 1, .. bytes[3..]];
        Assert.Equal(bytes, MessageFrame.Write(read(newerMinor)));
        AssertAbort(AbortReason.UnsupportedVersion, () => read(newerMajor));
    }

    /// <summary>Whatever comes, it is read or refused by name: no other exception, and nothing is allocated for a length that is only claimed.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_RandomChanges_AreReadOrRefused(int index)
    {
        var (message, read) = All[index];
        var random = new Random(index);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 2000; i++)
        {
            var bytes = MessageFrame.Write(message);
            for (var changes = random.Next(1, 5); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Assert.Equal(bytes.Length, MessageFrame.Write(read(bytes)).Length);
            }
            catch (AbortException refused)
            {
                Assert.True(refused.Abort.Reason is AbortReason.MalformedMessage or AbortReason.UnsupportedVersion or AbortReason.UnexpectedMessage);
            }
        }
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 2000, 0, 20_000);
    }

    [Fact]
    public void Read_NodesOutsideTheRosterOutOfOrderOrTwice_AreMalformed()
    {
        foreach (var nodes in (int[][])[[3, 0], [3, 3], [3, 11]])
        {
            var bytes = MessageFrame.Write(new SignatureList(Hash, new NodeRows(nodes, 64, new byte[128])));
            AssertAbort(AbortReason.MalformedMessage, () => MessageFrame.Read<SignatureList>(bytes, Shape));
        }
        var outside = MessageFrame.Write(new SurvivorList(Hash, NodeSet.Of(16, [11])));
        AssertAbort(AbortReason.MalformedMessage, () => MessageFrame.Read<SurvivorList>(outside, Shape));
    }

    private static void AssertAbort(AbortReason reason, Action read) => Assert.Equal(reason, Assert.Throws<AbortException>(read).Abort.Reason);

    private static (IMessage, Func<byte[], IMessage>) Case<TMessage>(TMessage message)
        where TMessage : IMessage<TMessage> => (message, bytes => MessageFrame.Read<TMessage>(bytes, Shape));

    private static byte[] Fill(int count) => [.. Enumerable.Repeat((byte)7, count)];

    private static NodeRows RowsOf(int bytes) => NodeRows.From(bytes, Some.Members.Select(node => (node, (ReadOnlyMemory<byte>)Fill(bytes))));
}
