using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>The bytes that are hashed, signed, sealed to or derived from. Each begins with what it is for, so none can stand for another.</summary>
internal static class Statements
{
    /// <summary>What a node signs of its keys.</summary>
    public static byte[] Keys(byte[] headerHash, int node, RoundKeys keys) =>
        new MessageWriter().Text("fed/v1/keys").Bytes(headerHash).UInt16(node).Bytes(keys.Sealing).Bytes(keys.Masking).ToArray();

    /// <summary>The session: the header and the keys of all that take part, without their signatures.</summary>
    public static byte[] Session(byte[] headerHash, NodeRows keys) => SHA256.HashData(
        new MessageWriter().Text("fed/v1/session").Bytes(headerHash)
            .Rows(NodeRows.From(keys.RowBytes - IdentityKey.SignatureBytes, keys.Entries.Select(entry => (entry.Node, entry.Row[..^IdentityKey.SignatureBytes]))))
            .ToArray());

    /// <summary>What a node signs of the sets that it was told.</summary>
    public static byte[] Survivors(byte[] session, NodeSet sharers, NodeSet survivors) =>
        new MessageWriter().Text("fed/v1/survivors").Bytes(session).Nodes(sharers).Nodes(survivors).ToArray();

    /// <summary>Where sealed shares belong: in this round, from this node to that.</summary>
    public static byte[] SealedPlace(byte[] headerHash, byte[] session, int from, int to) =>
        new MessageWriter().Text("fed/v1/seal").Bytes(headerHash).Bytes(session).UInt16(from).UInt16(to).ToArray();

    /// <summary>What the mask of a pair is derived for. Both have the same: the names are in order.</summary>
    public static byte[] PairMask(RoundHeader header, Roster roster, int one, int other) =>
        new MessageWriter().Bytes("fed/v1"u8).UInt64(header.Round).Bytes(header.SchemaHash)
            .Text(roster.IdOf(Math.Min(one, other))).Text(roster.IdOf(Math.Max(one, other))).ToArray();

    /// <summary>What a node's own mask is derived for.</summary>
    public static byte[] SelfMask(RoundHeader header, Roster roster, int node) =>
        new MessageWriter().Bytes("fed/v1/self"u8).UInt64(header.Round).Bytes(header.SchemaHash).Text(roster.IdOf(node)).ToArray();

    /// <summary>By which the aggregator knows a seed again. It says nothing of one: a seed has 256 random bits.</summary>
    public static byte[] SeedCommitment(byte[] session, int node, ReadOnlySpan<byte> seed) =>
        SHA256.HashData(new MessageWriter().Text("fed/v1/seed").Bytes(session).UInt16(node).Bytes(seed).ToArray());
}
