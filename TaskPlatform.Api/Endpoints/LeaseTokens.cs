using System.Buffers;
using System.Buffers.Binary;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Lease tokens as the interface spells them: 32 hexadecimal digits.</summary>
internal static class LeaseTokens
{
    private const int Bytes = 16;

    /// <summary>In lower case.</summary>
    public static string Write(UInt128 token)
    {
        Span<byte> bits = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt128BigEndian(bits, token);
        return Convert.ToHexStringLower(bits);
    }

    /// <summary>What is no token of ours names no lease, as 0 does.</summary>
    public static UInt128 Read(string text)
    {
        Span<byte> bits = stackalloc byte[Bytes];
        return text.Length == 2 * Bytes && Convert.FromHexString(text, bits, out _, out _) == OperationStatus.Done ? BinaryPrimitives.ReadUInt128BigEndian(bits) : 0;
    }
}
