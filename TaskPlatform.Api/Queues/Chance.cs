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
        var pool = _random ??= new RandomPool();
        Span<byte> bits = stackalloc byte[16];
        pool.Take(bits);
        return Math.Max(1, BitConverter.ToUInt64(bits)) + ((UInt128)BitConverter.ToUInt64(bits[8..]) << 64);
    }

    [ThreadStatic]
    private static RandomPool? _random;

    /// <summary>Random bytes in bulk: a call into the system for each token took 3 % of the service's time. What is taken is wiped.</summary>
    private sealed class RandomPool
    {
        private readonly byte[] _bytes = new byte[2_048];
        private int _left;

        public void Take(Span<byte> bits)
        {
            if (_left < bits.Length)
            {
                RandomNumberGenerator.Fill(_bytes);
                _left = _bytes.Length;
            }
            var taken = _bytes.AsSpan(_left - bits.Length, bits.Length);
            taken.CopyTo(bits);
            taken.Clear();
            _left -= bits.Length;
        }
    }
}
