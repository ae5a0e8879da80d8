using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Sharing;

/// <summary>
/// Shamir's secret sharing (1979) of 32 bytes: five limbs of up to 56 bits, each the constant of its own polynomial over the integers modulo 2⁶¹ − 1. Any
/// threshold of shares opens the secret, fewer say nothing about it. Holder i has the value at i + 1.
/// </summary>
internal static class Shamir
{
    public const int SecretBytes = 32;
    public const int ShareBytes = Limbs * sizeof(ulong);

    private const int Limbs = 5;
    private const int LimbBytes = 7;

    /// <summary>A share for each holder, in their order.</summary>
    /// <param name="secret">32 bytes.</param>
    /// <param name="threshold">How many open it: at least 1, at most as many as there are holders.</param>
    /// <param name="holders">Their numbers, each once.</param>
    /// <param name="entropy">Draws the coefficients.</param>
    public static byte[][] Split(ReadOnlySpan<byte> secret, int threshold, ReadOnlySpan<int> holders, IEntropy entropy)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, SecretBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, holders.Length);

        var shares = new byte[holders.Length][];
        for (var i = 0; i < shares.Length; i++) shares[i] = new byte[ShareBytes];
        var coefficients = new ulong[threshold];
        for (var limb = 0; limb < Limbs; limb++)
        {
            Draw(coefficients, entropy);
            coefficients[0] = ReadLimb(secret, limb);
            for (var i = 0; i < shares.Length; i++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(shares[i].AsSpan(limb * sizeof(ulong)), Evaluate(coefficients, Abscissa(holders[i])));
            }
        }
        Array.Clear(coefficients);
        return shares;
    }

    /// <summary>Whether the bytes can be a share: their size, and each value below the modulus.</summary>
    public static bool IsShare(ReadOnlySpan<byte> share)
    {
        if (share.Length != ShareBytes) return false;
        for (var limb = 0; limb < Limbs; limb++)
        {
            if (ReadValue(share, limb) >= Field61.Modulus) return false;
        }
        return true;
    }

    /// <summary>What the shares of these holders are multiplied by: the Lagrange polynomials at nought. The same for every secret that they hold.</summary>
    public static ulong[] Weights(ReadOnlySpan<int> holders)
    {
        var weights = new ulong[holders.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            ulong numerator = 1, denominator = 1;
            for (var j = 0; j < holders.Length; j++)
            {
                if (j == i) continue;
                numerator = Field61.Multiply(numerator, Abscissa(holders[j]));
                denominator = Field61.Multiply(denominator, Field61.Subtract(Abscissa(holders[j]), Abscissa(holders[i])));
            }
            weights[i] = Field61.Multiply(numerator, Field61.Inverse(denominator));
        }
        return weights;
    }

    /// <summary>The secret, or null where the shares belong to none: a limb is larger than any that was shared out. Other wrong shares give another secret.</summary>
    public static byte[]? Combine(ReadOnlySpan<ulong> weights, IReadOnlyList<ReadOnlyMemory<byte>> shares)
    {
        var secret = new byte[SecretBytes];
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        for (var limb = 0; limb < Limbs; limb++)
        {
            var value = 0UL;
            for (var i = 0; i < weights.Length; i++) value = Field61.Add(value, Field61.Multiply(weights[i], ReadValue(shares[i].Span, limb)));
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            var place = Place(limb);
            if (bytes[(place.End.Value - place.Start.Value)..].ContainsAnyExcept((byte)0)) return null;
            bytes[..(place.End.Value - place.Start.Value)].CopyTo(secret.AsSpan(place));
        }
        return secret;
    }

    private static ulong Abscissa(int holder) => (ulong)holder + 1;

    private static ulong Evaluate(ReadOnlySpan<ulong> coefficients, ulong at)
    {
        var value = 0UL;
        for (var i = coefficients.Length - 1; i >= 0; i--) value = Field61.Add(Field61.Multiply(value, at), coefficients[i]);
        return value;
    }

    /// <summary>Uniform elements: 61 bits each; the modulus itself is drawn again.</summary>
    private static void Draw(Span<ulong> elements, IEntropy entropy)
    {
        entropy.Fill(MemoryMarshal.AsBytes(elements));
        for (var i = 0; i < elements.Length; i++)
        {
            while ((elements[i] &= Field61.Modulus) == Field61.Modulus) entropy.Fill(MemoryMarshal.AsBytes(elements.Slice(i, 1)));
        }
    }

    private static ulong ReadValue(ReadOnlySpan<byte> share, int limb) => BinaryPrimitives.ReadUInt64LittleEndian(share[(limb * sizeof(ulong))..]);

    private static ulong ReadLimb(ReadOnlySpan<byte> secret, int limb)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes.Clear();
        secret[Place(limb)].CopyTo(bytes);
        var value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return value;
    }

    private static Range Place(int limb) => (limb * LimbBytes)..Math.Min((limb + 1) * LimbBytes, SecretBytes);
}
