using System.Security.Cryptography;
using NSec.Cryptography;

namespace TaskPlatform.Federation.Protocol.Suites;

/// <summary>Suite 2. Keys are the 32 bytes of RFC 7748; a point of small order, which gives everybody the same secret, is refused when it is agreed with.</summary>
internal sealed class X25519Suite : ICipherSuite
{
    private const int KeyBytes = 32;

    private static KeyCreationParameters Exportable => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    private static SharedSecretCreationParameters ExportableSecret => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    public byte Id => 2;

    public int PublicKeyBytes => KeyBytes;

    public IPrivateKey Generate(IEntropy entropy)
    {
        Span<byte> scalar = stackalloc byte[KeyBytes];
        entropy.Fill(scalar);
        var key = ImportPrivate(scalar);
        CryptographicOperations.ZeroMemory(scalar);
        return key;
    }

    public IPrivateKey ImportPrivate(ReadOnlySpan<byte> key) =>
        Key.TryImport(KeyAgreementAlgorithm.X25519, key, KeyBlobFormat.RawPrivateKey, out var imported, Exportable)
            ? new PrivateKey(imported!)
            : throw new CryptographicException("Not a private key of X25519.");

    public IPublicKey ImportPublic(ReadOnlySpan<byte> key) =>
        NSec.Cryptography.PublicKey.TryImport(KeyAgreementAlgorithm.X25519, key, KeyBlobFormat.RawPublicKey, out var imported)
            ? new PublicKey(imported!)
            : throw new CryptographicException("Not a public key of X25519.");

    public void Mask(ReadOnlySpan<byte> key, Span<uint> lanes, MaskSign sign) => ChaChaStream.Mask(key, lanes, sign);

    public byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData) =>
        ChaChaStream.Seal(key, ChaChaStream.ZeroNonce, plaintext, associatedData);

    public byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associatedData) =>
        ChaChaStream.Open(key, ChaChaStream.ZeroNonce, ciphertext, associatedData);

    private sealed class PrivateKey(Key key) : IPrivateKey
    {
        public byte[] PublicKey { get; } = key.PublicKey.Export(KeyBlobFormat.RawPublicKey);

        public byte[] Agree(IPublicKey other)
        {
            using var secret = KeyAgreementAlgorithm.X25519.Agree(key, ((PublicKey)other).Point, ExportableSecret)
                ?? throw new CryptographicException("A public key of small order.");
            return secret.Export(SharedSecretBlobFormat.RawSharedSecret);
        }

        public byte[] Export() => key.Export(KeyBlobFormat.RawPrivateKey);

        public void Dispose() => key.Dispose();
    }

    private sealed class PublicKey(NSec.Cryptography.PublicKey point) : IPublicKey
    {
        public NSec.Cryptography.PublicKey Point { get; } = point;

        /// <summary>Holds no handle.</summary>
        public void Dispose()
        {
        }
    }
}
