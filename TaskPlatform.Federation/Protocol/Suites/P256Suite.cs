using System.Security.Cryptography;

namespace TaskPlatform.Federation.Protocol.Suites;

/// <summary>Suite 1. A public key is the point's X and Y, 32 bytes each, big-endian, without the prefix that says so.</summary>
internal sealed class P256Suite : ICipherSuite
{
    private const int FieldBytes = 32;
    private const int TagBytes = 16;

    private static readonly byte[] Nonce = new byte[12];

    public byte Id => 1;

    public int PublicKeyBytes => 2 * FieldBytes;

    /// <summary>A scalar outside the group's order is drawn again: less than once in 2³².</summary>
    public IPrivateKey Generate(IEntropy entropy)
    {
        Span<byte> scalar = stackalloc byte[FieldBytes];
        while (true)
        {
            entropy.Fill(scalar);
            if (!IsScalar(scalar)) continue;
            var key = ImportPrivate(scalar);
            CryptographicOperations.ZeroMemory(scalar);
            return key;
        }
    }

    public IPrivateKey ImportPrivate(ReadOnlySpan<byte> key)
    {
        if (!IsScalar(key)) throw new CryptographicException("Not a private key of P-256.");
        var scalar = key.ToArray();
        try
        {
            return new PrivateKey(ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar }));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    public IPublicKey ImportPublic(ReadOnlySpan<byte> key)
    {
        if (key.Length != PublicKeyBytes) throw new CryptographicException("Not the size of a public key of P-256.");
        var point = new ECPoint { X = key[..FieldBytes].ToArray(), Y = key[FieldBytes..].ToArray() };
        return new PublicKey(ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point }));
    }

    public void Mask(ReadOnlySpan<byte> key, Span<uint> lanes, MaskSign sign) => AesCounterMode.Mask(key, lanes, sign);

    public byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        using var aes = new AesGcm(key, TagBytes);
        var sealedBytes = new byte[plaintext.Length + TagBytes];
        aes.Encrypt(Nonce, plaintext, sealedBytes.AsSpan(0, plaintext.Length), sealedBytes.AsSpan(plaintext.Length), associatedData);
        return sealedBytes;
    }

    public byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associatedData)
    {
        if (ciphertext.Length < TagBytes) throw new CryptographicException("Shorter than its tag.");
        using var aes = new AesGcm(key, TagBytes);
        var plaintext = new byte[ciphertext.Length - TagBytes];
        aes.Decrypt(Nonce, ciphertext[..plaintext.Length], ciphertext[plaintext.Length..], plaintext, associatedData);
        return plaintext;
    }

    /// <summary>From 1 to the group's order − 1 (FIPS 186-5): what the platform would refuse, or not refuse everywhere.</summary>
    private static bool IsScalar(ReadOnlySpan<byte> key) =>
        key.Length == FieldBytes && key.ContainsAnyExcept((byte)0) && key.SequenceCompareTo(Order) < 0;

    private static ReadOnlySpan<byte> Order =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ];

    private sealed class PrivateKey(ECDiffieHellman key) : IPrivateKey
    {
        public byte[] PublicKey { get; } = Encode(key.ExportParameters(includePrivateParameters: false).Q);

        public byte[] Agree(IPublicKey other) => key.DeriveRawSecretAgreement(((PublicKey)other).Point);

        public byte[] Export() => key.ExportParameters(includePrivateParameters: true).D!;

        public void Dispose() => key.Dispose();

        private static byte[] Encode(ECPoint point) => [.. point.X!, .. point.Y!];
    }

    private sealed class PublicKey(ECDiffieHellman key) : IPublicKey
    {
        public ECDiffieHellmanPublicKey Point { get; } = key.PublicKey;

        public void Dispose()
        {
            Point.Dispose();
            key.Dispose();
        }
    }
}
