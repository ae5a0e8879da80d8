using System.Buffers.Binary;
using System.Security.Cryptography;
using ChaCha20Poly1305 = System.Security.Cryptography.ChaCha20Poly1305;

namespace TaskPlatform.Federation.Protocol.Suites;

/// <summary>
/// ChaCha20-Poly1305 (RFC 8439), and the keystream of ChaCha20 by it: zeros are encrypted and the tag thrown away. Its keystream begins at block 1; block 0 is
/// the tag's key. The platform has no bare ChaCha20, and with its tag it still gives gigabytes a second.
/// </summary>
internal static class ChaChaStream
{
    private const int TagBytes = 16;
    private const int NonceBytes = 12;
    private const int BytesAtOnce = 65536;

    private static readonly byte[] Zeros = new byte[BytesAtOnce];

    public static ReadOnlySpan<byte> ZeroNonce => new byte[NonceBytes];

    /// <summary>The mask of a key. Piece i of 65,536 bytes has the nonce i (little-endian), so pieces never share a block.</summary>
    public static void Mask(ReadOnlySpan<byte> key, Span<uint> lanes, MaskSign sign)
    {
        using var cipher = new ChaCha20Poly1305(key);
        Span<byte> nonce = stackalloc byte[NonceBytes];
        Span<byte> tag = stackalloc byte[TagBytes];
        nonce.Clear();
        var stream = new byte[Math.Min(BytesAtOnce, lanes.Length * sizeof(uint))];
        for (var piece = 0; lanes.Length > 0; piece++)
        {
            var words = Math.Min(lanes.Length, BytesAtOnce / sizeof(uint));
            var bytes = stream.AsSpan(0, words * sizeof(uint));
            BinaryPrimitives.WriteInt32LittleEndian(nonce, piece);
            cipher.Encrypt(nonce, Zeros.AsSpan(0, bytes.Length), bytes, tag);
            Lanes.Combine(lanes[..words], bytes, sign);
            lanes = lanes[words..];
        }
        CryptographicOperations.ZeroMemory(stream);
    }

    /// <summary>The ciphertext and its tag.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        using var cipher = new ChaCha20Poly1305(key);
        var sealedBytes = new byte[plaintext.Length + TagBytes];
        cipher.Encrypt(nonce, plaintext, sealedBytes.AsSpan(0, plaintext.Length), sealedBytes.AsSpan(plaintext.Length), associatedData);
        return sealedBytes;
    }

    /// <summary>What was sealed.</summary>
    /// <exception cref="CryptographicException">Something else was.</exception>
    public static byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associatedData)
    {
        if (ciphertext.Length < TagBytes) throw new CryptographicException("Shorter than its tag.");
        using var cipher = new ChaCha20Poly1305(key);
        var plaintext = new byte[ciphertext.Length - TagBytes];
        cipher.Decrypt(nonce, ciphertext[..plaintext.Length], ciphertext[plaintext.Length..], plaintext, associatedData);
        return plaintext;
    }
}
