using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Sealing;

/// <summary>
/// Bytes that one member alone can read, whoever carries them: an ephemeral key agrees with the receiver's sealing key on P-256, HKDF-SHA256 (RFC 5869) makes a key of that, AES-256-GCM
/// seals. Sender, receiver and purpose are bound in. Who sent it is not proved by the box but by the signature of the request that carries it.
/// </summary>
public static class SealedBox
{
    private const byte Format = 1;

    private static ICipherSuite Suite => CipherSuites.P256;

    private static int HeadBytes => 1 + Suite.PublicKeyBytes;

    /// <summary>Seals for a member.</summary>
    /// <param name="plaintext">What it may read.</param>
    /// <param name="receiverKey">Its public sealing key.</param>
    /// <param name="place">From whom, for whom and what for.</param>
    /// <exception cref="CryptographicException">The key is none.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> receiverKey, BoxPlace place)
    {
        using var receiver = Suite.ImportPublic(receiverKey);
        using var ephemeral = Suite.Generate(SystemEntropy.Instance);
        byte[] head = [Format, .. ephemeral.PublicKey];
        var bound = place.Describe();
        var key = KeyDerivation.DeriveAndWipe(ephemeral.Agree(receiver), [.. head, .. receiverKey], bound);
        byte[] box = [.. head, .. Suite.Seal(key, plaintext, bound)];
        CryptographicOperations.ZeroMemory(key);
        return box;
    }

    /// <summary>Opens what was sealed for this member.</summary>
    /// <param name="box">What <see cref="Seal"/> gave.</param>
    /// <param name="receiver">The private sealing key.</param>
    /// <param name="place">From whom, for whom and what for.</param>
    /// <exception cref="CryptographicException">It is no box, was changed, or was sealed for another member or place.</exception>
    public static byte[] Open(ReadOnlySpan<byte> box, IPrivateKey receiver, BoxPlace place)
    {
        if (box.Length < HeadBytes || box[0] != Format) throw new CryptographicException("No sealed box of a format that is known here.");
        using var ephemeral = Suite.ImportPublic(box[1..HeadBytes]);
        var bound = place.Describe();
        var key = KeyDerivation.DeriveAndWipe(receiver.Agree(ephemeral), [.. box[..HeadBytes], .. receiver.PublicKey], bound);
        try
        {
            return Suite.Open(key, box[HeadBytes..], bound);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}

/// <summary>Where a sealed box belongs: it opens nowhere else.</summary>
/// <param name="From">The member that sealed it.</param>
/// <param name="To">The member that may open it.</param>
/// <param name="Purpose">What is in it, so that one kind cannot pass for another.</param>
public readonly record struct BoxPlace(string From, string To, string Purpose)
{
    internal byte[] Describe() => new MessageWriter().Text("fed/v1/box").Text(From).Text(To).Text(Purpose).ToArray();
}
