using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Sharing;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Messages;

/// <summary>Aggregator to node: whose masked input arrived. There is no list of the lost: whoever shared and is not here is lost, so the two cannot overlap.</summary>
internal sealed record SurvivorList(byte[] Session, NodeSet Survivors) : IMessage<SurvivorList>
{
    public static MessageKind ExpectedKind => MessageKind.SurvivorList;

    public MessageKind Kind => ExpectedKind;

    public void Write(MessageWriter writer) => writer.Bytes(Session).Nodes(Survivors);

    public static SurvivorList Read(ref MessageReader reader, WireShape shape) => new(reader.Bytes(SHA256.HashSizeInBytes), reader.Nodes(shape.Nodes));
}

/// <summary>Node to aggregator: the survivors as this node was told them, signed.</summary>
internal sealed record SurvivorSignature(byte[] Session, byte[] Signature) : IMessage<SurvivorSignature>
{
    public static MessageKind ExpectedKind => MessageKind.SurvivorSignature;

    public MessageKind Kind => ExpectedKind;

    public void Write(MessageWriter writer) => writer.Bytes(Session).Bytes(Signature);

    public static SurvivorSignature Read(ref MessageReader reader, WireShape shape) =>
        new(reader.Bytes(SHA256.HashSizeInBytes), reader.Bytes(IdentityKey.SignatureBytes));
}

/// <summary>Aggregator to node: what the holders of its shares signed. It is also the request to unmask, and names nothing: each node knows which shares are due.</summary>
internal sealed record SignatureList(byte[] Session, NodeRows Signatures) : IMessage<SignatureList>
{
    public static MessageKind ExpectedKind => MessageKind.SignatureList;

    public MessageKind Kind => ExpectedKind;

    public void Write(MessageWriter writer) => writer.Bytes(Session).Rows(Signatures);

    public static SignatureList Read(ref MessageReader reader, WireShape shape) =>
        new(reader.Bytes(SHA256.HashSizeInBytes), reader.Rows(shape.Nodes, IdentityKey.SignatureBytes));
}

/// <summary>Node to aggregator: of each survivor the share of its seed, of each lost node the share of its masking key. One row for each node, so never both.</summary>
internal sealed record UnmaskShares(byte[] Session, NodeRows Shares) : IMessage<UnmaskShares>
{
    public static MessageKind ExpectedKind => MessageKind.UnmaskShares;

    public MessageKind Kind => ExpectedKind;

    public void Write(MessageWriter writer) => writer.Bytes(Session).Rows(Shares);

    public static UnmaskShares Read(ref MessageReader reader, WireShape shape) =>
        new(reader.Bytes(SHA256.HashSizeInBytes), reader.Rows(shape.Nodes, Shamir.ShareBytes));
}
