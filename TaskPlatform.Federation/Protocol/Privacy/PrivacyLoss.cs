namespace TaskPlatform.Federation.Protocol.Privacy;

/// <summary>
/// What a release costs, as the ρ of zero-concentrated differential privacy (M. Bun, T. Steinke, 2016), which adds up. In billionths and rounded up, so that sums are exact and never too small.
/// </summary>
/// <param name="NanoRho">Billionths of ρ; at least 0.</param>
internal readonly record struct PrivacyLoss(long NanoRho) : IComparable<PrivacyLoss>
{
    private const int NanosPerRho = 1_000_000_000;

    /// <summary>The share of a task in one release of load: one in queued or running of its type, one in the load.</summary>
    public const int LoadSquared = 2;

    /// <summary>The share of a task in the release of its completion: one each in completed, succeeded and one bucket of durations.</summary>
    public const int CompletionSquared = 3;

    /// <summary>All that a task adds to releases in its life, Δ².</summary>
    public const int LifeSquared = ReleaseCap.LoadReleases * LoadSquared + CompletionSquared;

    public double Rho => (double)NanoRho / NanosPerRho;

    /// <summary>Of discrete Gaussian noise: ρ = Δ² / 2σ² (Canonne et al., 2020, theorem 14).</summary>
    /// <param name="squaredSensitivity">Δ², the most that one task changes the vector by, squared (L2).</param>
    /// <param name="variance">σ² of each number of the vector.</param>
    public static PrivacyLoss Of(int squaredSensitivity, NoiseVariance variance)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(squaredSensitivity);
        var (numerator, denominator) = ((UInt128)squaredSensitivity * variance.Denominator * NanosPerRho, (UInt128)2 * variance.Checked().Numerator);
        return new PrivacyLoss(checked((long)((numerator + denominator - 1) / denominator)));
    }

    /// <summary>Of <paramref name="tasks"/> tasks that belong to one tenant: group privacy, k² ρ.</summary>
    public PrivacyLoss OfGroup(int tasks) => new(checked(NanoRho * tasks * tasks));

    public static PrivacyLoss operator +(PrivacyLoss one, PrivacyLoss other) => new(checked(one.NanoRho + other.NanoRho));

    public int CompareTo(PrivacyLoss other) => NanoRho.CompareTo(other.NanoRho);

    /// <summary>The claim in (ε, δ): the least ε that ρ allows over all orders α (Canonne et al., 2020, corollary 13), which is below ρ + 2√(ρ ln 1/δ).</summary>
    /// <param name="delta">δ, above 0 and below 1.</param>
    public PrivacyClaim At(double delta)
    {
        if (delta is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(delta), delta, "δ must be above 0 and below 1.");
        if (NanoRho == 0) return new PrivacyClaim(0, delta);
        // One minimum: narrowed by thirds over ln(α − 1).
        var (low, high) = (-10.0, 20.0);
        for (var step = 0; step < 200; step++)
        {
            var (one, other) = (low + (high - low) / 3, high - (high - low) / 3);
            if (Epsilon(Math.Exp(one), delta) < Epsilon(Math.Exp(other), delta)) high = other;
            else low = one;
        }
        return new PrivacyClaim(Math.Max(0, Epsilon(Math.Exp(low), delta)), delta);
    }

    private double Epsilon(double orderLessOne, double delta)
    {
        var order = orderLessOne + 1;
        return order * Rho + (-Math.Log(delta) - Math.Log(orderLessOne) - order * Math.Log(1 + 1 / orderLessOne)) / orderLessOne;
    }
}

/// <summary>What is promised of figures: whether or not one task is in them, no observation is more than e^ε times as likely, but for a probability of δ.</summary>
/// <param name="Epsilon">ε; infinite where there is no noise.</param>
/// <param name="Delta">δ.</param>
internal readonly record struct PrivacyClaim(double Epsilon, double Delta)
{
    /// <summary>The δ that figures are claimed at.</summary>
    public const double UsualDelta = 1e-6;
}

/// <summary>Figures that have left a node, and what is promised of them: shown together wherever they are shown.</summary>
/// <typeparam name="T">The figures.</typeparam>
/// <param name="Figures">With noise in them.</param>
/// <param name="Claim">For a task's whole life, not for this release alone.</param>
/// <param name="Sigma">The standard deviation of the noise in each number.</param>
internal sealed record Released<T>(T Figures, PrivacyClaim Claim, double Sigma);
