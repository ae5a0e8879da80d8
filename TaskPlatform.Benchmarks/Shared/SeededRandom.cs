namespace TaskPlatform.Benchmarks.Shared;

/// <summary>
/// The same numbers for the same seed: SplitMix64 (G. L. Steele et al., 2014). The platform's own generator with a seed is a lagged Fibonacci one, whose correlations lengthened the waits of an
/// M/M/32 queue by 2 %.
/// </summary>
internal sealed class SeededRandom(int seed) : Random
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    // Seeds that follow each other begin far apart.
    private ulong _state = Mix((ulong)seed + 1);

    public override double NextDouble() => Fraction(_state += Step);

    public override int Next(int maxValue) => (int)(NextDouble() * maxValue);

    public override int Next(int minValue, int maxValue) => minValue + Next(maxValue - minValue);

    /// <summary>The first number, in [0, 1), of the sequence that begins at a place.</summary>
    public static double At(ulong place) => Fraction(place + Step);

    private static double Fraction(ulong state) => (Mix(state) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
