using System.Security.Cryptography;

namespace TaskPlatform.Federation.Protocol.Suites;

/// <summary>A node's long-lived signing key: ECDSA over P-256 with SHA-256. Its public half stands in the roster.</summary>
/// <param name="key">The key; disposed of with this.</param>
public sealed class IdentityKey(ECDsa key) : IDisposable
{
    /// <summary>The size of a public key: the point's X and Y.</summary>
    public const int PublicKeyBytes = 64;

    /// <summary>The size of a signature: r and s.</summary>
    public const int SignatureBytes = 64;

    /// <summary>A new key.</summary>
    public static IdentityKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The public half, as the roster has it.</summary>
    public byte[] PublicKey { get; } = Encode(key.ExportParameters(includePrivateParameters: false).Q);

    /// <summary>The platform does not promise that a key may be used by two threads at once; rounds and calls use this one.</summary>
    private readonly Lock _lock = new();

    /// <summary>Signs these bytes. Of any thread.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_lock) return key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();

    /// <summary>The key that checks signatures of a public half.</summary>
    /// <exception cref="CryptographicException">It is no point of the curve, or has another size.</exception>
    internal static ECDsa ImportPublic(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != PublicKeyBytes) throw new CryptographicException("Not the size of a public key of P-256.");
        var point = new ECPoint { X = publicKey[..32].ToArray(), Y = publicKey[32..].ToArray() };
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
    }

    /// <summary>Whether the owner of the key signed these bytes.</summary>
    internal static bool Verify(ECDsa publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureBytes
        && publicKey.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static byte[] Encode(ECPoint point) => [.. point.X!, .. point.Y!];
}
