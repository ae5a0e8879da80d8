using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Messages;

/// <summary>Aggregator to node: a round begins.</summary>
internal sealed record RoundOffer(RoundHeader Header) : IMessage<RoundOffer>
{
    public static MessageKind ExpectedKind => MessageKind.RoundOffer;

    public MessageKind Kind => ExpectedKind;

    public void Write(MessageWriter writer) => Header.Write(writer);

    public static RoundOffer Read(ref MessageReader reader, WireShape shape) => new(RoundHeader.Read(ref reader));
}

/// <summary>
/// Node to aggregator: its two public keys for this round, signed. Under the sealing key shares are sent to it; from the masking key its pair masks come, and
/// this one's private half is opened when the node is lost.
/// </summary>
internal sealed record KeyAnnouncement(byte[] HeaderHash, RoundKeys Keys) : IMessage<KeyAnnouncement>
{
    public static MessageKind ExpectedKind => MessageKind.KeyAnnouncement;

    public MessageKind Kind => ExpectedKind;

    public void Write(MessageWriter writer) => writer.Bytes(HeaderHash).Bytes(Keys.ToRow());

    public static KeyAnnouncement Read(ref MessageReader reader, WireShape shape) =>
        new(reader.Bytes(SHA256.HashSizeInBytes), RoundKeys.FromRow(reader.Bytes(RoundKeys.RowBytes(shape)), shape));
}

/// <summary>Aggregator to node: the keys of all that take part.</summary>
internal sealed record KeyList(byte[] HeaderHash, NodeRows Keys) : IMessage<KeyList>
{
    public static MessageKind ExpectedKind => MessageKind.KeyList;

    public MessageKind Kind => ExpectedKind;

    public void Write(MessageWriter writer) => writer.Bytes(HeaderHash).Rows(Keys);

    public static KeyList Read(ref MessageReader reader, WireShape shape) =>
        new(reader.Bytes(SHA256.HashSizeInBytes), reader.Rows(shape.Nodes, RoundKeys.RowBytes(shape)));
}

/// <summary>A node's public keys for one round and its signature over them.</summary>
internal sealed record RoundKeys(byte[] Sealing, byte[] Masking, byte[] Signature)
{
    public static int RowBytes(WireShape shape) => 2 * shape.PublicKeyBytes + IdentityKey.SignatureBytes;

    public byte[] ToRow() => [.. Sealing, .. Masking, .. Signature];

    public static RoundKeys FromRow(ReadOnlySpan<byte> row, WireShape shape)
    {
        var size = shape.PublicKeyBytes;
        return new RoundKeys(row[..size].ToArray(), row[size..(2 * size)].ToArray(), row[(2 * size)..].ToArray());
    }
}
