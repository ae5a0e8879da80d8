using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>The key of a member, to check its signatures and its certificate with. Of any thread.</summary>
internal sealed class PeerKey(FederationMember member)
{
    /// <summary>id-ecPublicKey.</summary>
    private const string EllipticCurve = "1.2.840.10045.2.1";

    /// <summary>How a point of which both coordinates follow begins (SEC 1, 2.3.3).</summary>
    private const byte Uncompressed = 4;

    private readonly ECDsa _key = IdentityKey.ImportPublic(member.IdentityKey);

    /// <summary>The platform does not promise that a key may be used by two threads at once.</summary>
    private readonly Lock _lock = new();

    /// <summary>Whose.</summary>
    public FederationMember Member => member;

    /// <summary>Whether the member signed these bytes.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (_lock) return IdentityKey.Verify(_key, data, signature);
    }

    /// <summary>Whether a certificate is over the member's key.</summary>
    public bool IsOf(X509Certificate2 certificate) => KeyOf(certificate).SequenceEqual(member.IdentityKey);

    /// <summary>The key of a certificate as members have it; empty if it is none of P-256.</summary>
    public static ReadOnlySpan<byte> KeyOf(X509Certificate2 certificate)
    {
        if (certificate.GetKeyAlgorithm() != EllipticCurve || !certificate.GetKeyAlgorithmParameters().AsSpan().SequenceEqual(P256)) return [];
        var point = certificate.GetPublicKey();
        return point.Length == 1 + IdentityKey.PublicKeyBytes && point[0] == Uncompressed ? point.AsSpan(1) : [];
    }

    /// <summary>Whether it is within its dates.</summary>
    public static bool IsCurrent(X509Certificate2 certificate, DateTimeOffset now) =>
        certificate.NotBefore.ToUniversalTime() <= now.UtcDateTime && now.UtcDateTime <= certificate.NotAfter.ToUniversalTime();

    /// <summary>The name of the curve, 1.2.840.10045.3.1.7, in DER.</summary>
    private static ReadOnlySpan<byte> P256 => [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
}
