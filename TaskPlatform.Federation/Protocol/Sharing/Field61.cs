namespace TaskPlatform.Federation.Protocol.Sharing;

/// <summary>
/// The integers modulo the Mersenne prime 2⁶¹ − 1. Elements are below the modulus. Neither adding nor multiplying branches on a value, so the time tells
/// nothing of a secret.
/// </summary>
internal static class Field61
{
    public const ulong Modulus = (1UL << Bits) - 1;

    private const int Bits = 61;

    public static ulong Add(ulong left, ulong right) => Reduce(left + right);

    public static ulong Subtract(ulong left, ulong right) => Reduce(left + Modulus - right);

    public static ulong Multiply(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return Reduce((low & Modulus) + ((high << (64 - Bits)) | (low >> Bits)));
    }

    /// <summary>By Fermat: the power modulus − 2. Nought has none and gives nought.</summary>
    public static ulong Inverse(ulong value)
    {
        var result = 1UL;
        for (var exponent = Modulus - 2; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) == 1) result = Multiply(result, value);
            value = Multiply(value, value);
        }
        return result;
    }

    /// <summary>Of a value below 2⁶³: 2⁶¹ counts as one, and then the modulus is taken off at most once.</summary>
    private static ulong Reduce(ulong value)
    {
        var folded = (value & Modulus) + (value >> Bits);
        var less = folded - Modulus;
        var borrowed = (ulong)((long)less >> 63);
        return less + (borrowed & Modulus);
    }
}
