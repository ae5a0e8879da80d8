using System.Security.Cryptography;

namespace TaskPlatform.Api.Queues;

/// <summary>Where random numbers come from: the engine takes them as arguments, so that its rules stay pure.</summary>
/// <param name="NewToken">Makes lease tokens; 0 names no grant.</param>
/// <param name="Fraction">Makes numbers in [0, 1), for jitter.</param>
internal sealed record Chance(Func<UInt128> NewToken, Func<double> Fraction)
{
    /// <summary>Tokens of 128 bits that nobody can guess.</summary>
    public static Chance Secure { get; } = new(SecureToken, Random.Shared.NextDouble);

    private static UInt128 SecureToken()
    {
        Span<byte> bits = stackalloc byte[16];
        RandomNumberGenerator.Fill(bits);
        return Math.Max(1, BitConverter.ToUInt64(bits)) + ((UInt128)BitConverter.ToUInt64(bits[8..]) << 64);
    }
}
