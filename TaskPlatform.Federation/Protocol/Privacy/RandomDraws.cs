using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TaskPlatform.Federation.Protocol.Privacy;

/// <summary>
/// Exact draws from cryptographic random bytes: no floating point anywhere, whose rounding would make some results impossible and so tell what was hidden (I. Mironov, 2012). Of one thread at a time.
/// </summary>
internal sealed class RandomDraws(RandomNumberGenerator source)
{
    private readonly ulong[] _words = new ulong[256];
    private int _next = 256;

    /// <summary>Uniform in 0 to <paramref name="bound"/> − 1.</summary>
    /// <param name="bound">Above 0.</param>
    public UInt128 Below(UInt128 bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        if (bound <= ulong.MaxValue) return Below((ulong)bound);
        var mask = UInt128.MaxValue >> (int)UInt128.LeadingZeroCount(bound - 1);
        while (true)
        {
            var drawn = new UInt128(Word(), Word()) & mask;
            if (drawn < bound) return drawn;
        }
    }

    private ulong Below(ulong bound)
    {
        var mask = ulong.MaxValue >> BitOperations.LeadingZeroCount(bound - 1 | 1);
        while (true)
        {
            var drawn = Word() & mask;
            if (drawn < bound) return drawn;
        }
    }

    /// <summary>True with the probability <paramref name="numerator"/> / <paramref name="denominator"/>.</summary>
    public bool Bernoulli(UInt128 numerator, UInt128 denominator) => Below(denominator) < numerator;

    /// <summary>True with the probability exp(−γ), γ = <paramref name="numerator"/> / <paramref name="denominator"/>, at least 0: algorithm 1 of C. L. Canonne, G. Kamath, T. Steinke, 2020.</summary>
    /// <exception cref="OverflowException">The fraction is beyond what 128 bits hold; nothing was drawn from it.</exception>
    public bool BernoulliExp(UInt128 numerator, UInt128 denominator)
    {
        for (var whole = numerator / denominator; whole > 0; whole--)
        {
            if (!BernoulliExpBelowOne(1, 1)) return false;
        }
        return BernoulliExpBelowOne(numerator % denominator, denominator);
    }

    private bool BernoulliExpBelowOne(UInt128 numerator, UInt128 denominator)
    {
        var tries = 1u;
        if (denominator <= uint.MaxValue)
        {
            // The same in 64 bits, which nearly all are: several times as fast.
            var (small, bound) = ((ulong)numerator, (ulong)denominator);
            while (Below(bound * tries) < small) tries++;
            return tries % 2 == 1;
        }
        while (Bernoulli(numerator, checked(denominator * tries))) tries++;
        return tries % 2 == 1;
    }

    private ulong Word()
    {
        if (_next == _words.Length)
        {
            source.GetBytes(MemoryMarshal.AsBytes(_words.AsSpan()));
            _next = 0;
        }
        var word = _words[_next];
        _words[_next++] = 0; // what was used does not stay in memory
        return word;
    }
}
