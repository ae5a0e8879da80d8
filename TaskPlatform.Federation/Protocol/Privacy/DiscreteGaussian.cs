namespace TaskPlatform.Federation.Protocol.Privacy;

/// <summary>A variance as a fraction, so that it is exact: σ² / h is seldom a whole number.</summary>
/// <param name="Numerator">1 to 2³².</param>
/// <param name="Denominator">1 to 2¹⁶.</param>
internal readonly record struct NoiseVariance(ulong Numerator, ulong Denominator)
{
    private const ulong MostNumerator = 1UL << 32;
    private const ulong MostDenominator = 1UL << 16;

    /// <summary>The noise of all nodes together, σ = 12: ε = 1 at δ = 10⁻⁶ for a task's whole life.</summary>
    public static NoiseVariance Central { get; } = new(144, 1);

    /// <summary>Of a standard deviation that members agreed on; where its square is no whole number, the next one above, so that there is never less noise than agreed.</summary>
    /// <param name="sigma">Above 0.</param>
    public static NoiseVariance OfSigma(double sigma) => new NoiseVariance(checked((ulong)Math.Ceiling(sigma * sigma)), 1).Checked();

    /// <summary>What each node adds, so that the honest ones who stay add this much together.</summary>
    /// <param name="honest">Honest nodes that stay, at least: the threshold of the secure sum less the colluders; 1 or more.</param>
    public NoiseVariance Share(uint honest) => new NoiseVariance(Numerator, Denominator * honest).Checked();

    /// <summary>For those who read figures; the noise is drawn from the fraction.</summary>
    public double Sigma => Math.Sqrt((double)Numerator / Denominator);

    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public NoiseVariance Checked() => Numerator is >= 1 and <= MostNumerator && Denominator is >= 1 and <= MostDenominator
        ? this : throw new ArgumentOutOfRangeException(nameof(Numerator), $"The variance {Numerator}/{Denominator} must be 1 to 2^32 by 1 to 2^16.");
}

/// <summary>
/// Whole numbers x with a probability in proportion to exp(−x² / 2σ²), exactly: algorithms 2 and 3 of C. L. Canonne, G. Kamath, T. Steinke, "The Discrete Gaussian for Differential Privacy", 2020.
/// </summary>
internal sealed class DiscreteGaussian
{
    private readonly RandomDraws _draws;
    private readonly NoiseVariance _variance;
    private readonly ulong _scale; // ⌊σ⌋ + 1
    private readonly UInt128 _denominator;

    /// <param name="variance">σ².</param>
    /// <param name="draws">Where the randomness comes from.</param>
    public DiscreteGaussian(NoiseVariance variance, RandomDraws draws)
    {
        (_variance, _draws) = (variance.Checked(), draws);
        while ((UInt128)_scale * _scale * variance.Denominator <= variance.Numerator) _scale++;
        _denominator = (UInt128)2 * variance.Numerator * variance.Denominator * _scale * _scale;
    }

    /// <summary>One sample.</summary>
    /// <exception cref="OverflowException">It would lie so far out that it is never drawn in practice (less than once in e¹⁰⁰⁰); nothing came of it.</exception>
    public long Next()
    {
        while (true)
        {
            var candidate = Laplace();
            // exp(−(|y| − σ²/t)² / 2σ²), as a fraction.
            var scaled = checked((Int128)Math.Abs(candidate) * _scale * _variance.Denominator - _variance.Numerator);
            if (_draws.BernoulliExp((UInt128)checked(scaled * scaled), _denominator)) return candidate;
        }
    }

    /// <summary>In proportion to exp(−|y| / t).</summary>
    private long Laplace()
    {
        while (true)
        {
            var rest = _draws.Below(_scale);
            if (!_draws.BernoulliExp(rest, _scale)) continue;
            ulong whole = 0;
            while (_draws.BernoulliExp(1, 1)) whole++;
            var magnitude = checked((long)(rest + (UInt128)whole * _scale));
            var isNegative = _draws.Bernoulli(1, 2);
            if (isNegative && magnitude == 0) continue; // nought has one sign
            return isNegative ? -magnitude : magnitude;
        }
    }
}
