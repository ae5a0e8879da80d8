using System.Security.Cryptography;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>The field <c>Content-Digest</c> (RFC 9530) with one digest, of SHA-256. A message without a body has that of no bytes.</summary>
internal static class ContentDigest
{
    /// <summary>The field's name.</summary>
    public const string Name = "content-digest";

    private const string OfNothing = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

    /// <summary>The field for a body.</summary>
    public static string Of(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return OfNothing;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return string.Concat("sha-256=:", Convert.ToBase64String(hash), ":");
    }

    /// <summary>Whether a field is the digest of this body; null if it is.</summary>
    public static TransportReason? Check(string? field, ReadOnlySpan<byte> body)
    {
        Span<byte> told = stackalloc byte[SHA256.HashSizeInBytes];
        var reader = new FieldReader(field);
        if (!reader.TryReadKey(out var algorithm) || algorithm is not "sha-256" || !reader.TryRead('=') || !reader.TryReadBytes(told) || !reader.IsAtEnd)
        {
            return TransportReason.DigestMalformed;
        }
        Span<byte> found = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, found);
        return found.SequenceEqual(told) ? null : TransportReason.DigestMismatch;
    }
}
