using System.Security.Cryptography;

namespace TaskPlatform.Federation.Protocol.Suites;

/// <summary>HKDF with SHA-256 (RFC 5869), as every suite uses it: the salt is the session, the info says what the key is for.</summary>
internal static class KeyDerivation
{
    public const int KeyBytes = 32;

    /// <summary>A key of 32 bytes. The secret is wiped: it is used for one key.</summary>
    public static byte[] DeriveAndWipe(byte[] secret, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info)
    {
        var key = Derive(secret, salt, info, KeyBytes);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    /// <summary>So many bytes, at most 8,160.</summary>
    public static byte[] Derive(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info, int bytes)
    {
        var key = new byte[bytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt, info);
        return key;
    }
}
