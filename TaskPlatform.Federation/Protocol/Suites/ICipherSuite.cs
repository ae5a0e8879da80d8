namespace TaskPlatform.Federation.Protocol.Suites;

/// <summary>
/// The primitives of a round that may be exchanged together: key agreement, the keystream of masks, and the sealing of shares. Key derivation (HKDF-SHA256)
/// and identity signatures (ECDSA P-256) are the same for all suites.
/// </summary>
public interface ICipherSuite
{
    /// <summary>The number that stands in a round's header: never given to another suite.</summary>
    byte Id { get; }

    /// <summary>The size of an encoded public key, in bytes.</summary>
    int PublicKeyBytes { get; }

    /// <summary>A new private key.</summary>
    IPrivateKey Generate(IEntropy entropy);

    /// <summary>The private key of these 32 bytes.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">They are no private key of this suite.</exception>
    IPrivateKey ImportPrivate(ReadOnlySpan<byte> key);

    /// <summary>The public key that is encoded so.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It is no point of the curve, or has another size.</exception>
    IPublicKey ImportPublic(ReadOnlySpan<byte> key);

    /// <summary>Adds the keystream of a 32-byte key, read as little-endian 32-bit words, to the lanes or subtracts it, modulo 2³². A key is used for one mask only.</summary>
    void Mask(ReadOnlySpan<byte> key, Span<uint> lanes, MaskSign sign);

    /// <summary>
    /// Encrypts and authenticates under a 32-byte key: the ciphertext and its tag of 16 bytes. The nonce is nought, so a key may seal only one plaintext:
    /// it is derived for one round, one sender and one receiver.
    /// </summary>
    byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData);

    /// <summary>What <see cref="Seal"/> has sealed.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Something else was sealed, with another key or for another place.</exception>
    byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associatedData);
}

/// <summary>Half of a key agreement that stays with its owner.</summary>
public interface IPrivateKey : IDisposable
{
    /// <summary>The other half, encoded.</summary>
    byte[] PublicKey { get; }

    /// <summary>The shared secret of 32 bytes: no key yet, a key is derived from it.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The other key yields no secret.</exception>
    byte[] Agree(IPublicKey other);

    /// <summary>The key itself, 32 bytes, to be shared out.</summary>
    byte[] Export();
}

/// <summary>Half of a key agreement that everybody may know; checked when it was read.</summary>
public interface IPublicKey : IDisposable;

/// <summary>Whether a mask is put on or taken off.</summary>
public enum MaskSign
{
    /// <summary>The keystream is added.</summary>
    Add,

    /// <summary>The keystream is subtracted.</summary>
    Subtract,
}
