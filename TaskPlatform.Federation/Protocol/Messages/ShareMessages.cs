using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Sharing;

namespace TaskPlatform.Federation.Protocol.Messages;

/// <summary>What one node seals for another: a share of its masking key and a share of its own mask's seed.</summary>
internal static class SealedShares
{
    public const int PlainBytes = 2 * Shamir.ShareBytes;

    /// <summary>With the tag.</summary>
    public const int Bytes = PlainBytes + 16;
}

/// <summary>Node to aggregator: shares sealed for each of its holders, and the hash of its seed, by which the aggregator knows that the shares opened it right.</summary>
internal sealed record ShareBundle(byte[] Session, byte[] SeedCommitment, NodeRows Sealed) : IMessage<ShareBundle>
{
    public static MessageKind ExpectedKind => MessageKind.ShareBundle;

    public MessageKind Kind => ExpectedKind;

    public void Write(MessageWriter writer) => writer.Bytes(Session).Bytes(SeedCommitment).Rows(Sealed);

    public static ShareBundle Read(ref MessageReader reader, WireShape shape) =>
        new(reader.Bytes(SHA256.HashSizeInBytes), reader.Bytes(SHA256.HashSizeInBytes), reader.Rows(shape.Nodes, SealedShares.Bytes));
}

/// <summary>Aggregator to node: who shared, and what they sealed for it.</summary>
internal sealed record ShareDelivery(byte[] Session, NodeSet Sharers, NodeRows Sealed) : IMessage<ShareDelivery>
{
    public static MessageKind ExpectedKind => MessageKind.ShareDelivery;

    public MessageKind Kind => ExpectedKind;

    public void Write(MessageWriter writer) => writer.Bytes(Session).Nodes(Sharers).Rows(Sealed);

    public static ShareDelivery Read(ref MessageReader reader, WireShape shape) =>
        new(reader.Bytes(SHA256.HashSizeInBytes), reader.Nodes(shape.Nodes), reader.Rows(shape.Nodes, SealedShares.Bytes));
}

/// <summary>Node to aggregator: its figures and noise under masks.</summary>
internal sealed record MaskedInput(byte[] Session, uint[] Lanes) : IMessage<MaskedInput>
{
    public static MessageKind ExpectedKind => MessageKind.MaskedInput;

    public MessageKind Kind => ExpectedKind;

    public void Write(MessageWriter writer) => writer.Bytes(Session).Lanes(Lanes);

    public static MaskedInput Read(ref MessageReader reader, WireShape shape) => new(reader.Bytes(SHA256.HashSizeInBytes), reader.Lanes(shape.Lanes));
}
