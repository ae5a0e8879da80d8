using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Federation.Protocol.Messages;

/// <summary>What a round is about. A node takes part only where it agrees to every field; everything that is signed or sealed is bound to the header's hash.</summary>
public sealed record RoundHeader
{
    /// <summary>The schema's major version: another one has other lanes.</summary>
    public required byte SchemaMajor { get; init; }

    /// <summary>The schema's minor version.</summary>
    public required byte SchemaMinor { get; init; }

    /// <summary>The hash of the schema's lanes, 32 bytes.</summary>
    public required byte[] SchemaHash { get; init; }

    /// <summary>The suite: <see cref="Suites.ICipherSuite.Id"/>.</summary>
    public required byte SuiteId { get; init; }

    /// <summary>The federation, 1 to 64 characters.</summary>
    public required string FederationId { get; init; }

    /// <summary>Counts the rosters: nodes come and go only with a new epoch.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Rises with each round, also from epoch to epoch.</summary>
    public required ulong Round { get; init; }

    /// <summary>The hash of the admitted nodes and their keys, 32 bytes.</summary>
    public required byte[] RosterHash { get; init; }

    /// <summary>The standard deviation of the noise that is on the sum when no more than the honest survivors assumed put theirs on.</summary>
    public required double Sigma { get; init; }

    /// <summary>What a node cuts each lane to.</summary>
    public required uint Clip { get; init; }

    internal byte[] Hash() => SHA256.HashData(Write(new MessageWriter()).ToArray());

    internal MessageWriter Write(MessageWriter writer) => writer
        .Byte(SchemaMajor).Byte(SchemaMinor).Bytes(SchemaHash).Byte(SuiteId).Text(FederationId)
        .UInt64(Epoch).UInt64(Round).Bytes(RosterHash).Double(Sigma).UInt32(Clip);

    internal static RoundHeader Read(ref MessageReader reader)
    {
        var header = new RoundHeader
        {
            SchemaMajor = reader.Byte(),
            SchemaMinor = reader.Byte(),
            SchemaHash = reader.Bytes(SHA256.HashSizeInBytes),
            SuiteId = reader.Byte(),
            FederationId = reader.Text(),
            Epoch = reader.UInt64(),
            Round = reader.UInt64(),
            RosterHash = reader.Bytes(SHA256.HashSizeInBytes),
            Sigma = reader.Double(),
            Clip = reader.UInt32(),
        };
        if (header.FederationId.Length is 0 or > RoundTerms.MaxNameLength)
        {
            throw new AbortException(AbortReason.MalformedMessage, "The federation's name has 1 to 64 characters.");
        }
        return header;
    }
}
