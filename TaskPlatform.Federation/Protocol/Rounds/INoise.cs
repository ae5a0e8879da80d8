namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>
/// The node's part of the noise. It is asked once a round at most, after the cohort is known to be large enough and before masks are put on; a message that is
/// sent again has the same noise. Whoever keeps a budget debits it durably before drawing.
/// </summary>
public interface INoise
{
    /// <summary>Draws an integer for each lane, or refuses: the budget is spent. A refusal ends the round for this node with <see cref="AbortReason.NoiseRefused"/>.</summary>
    /// <exception cref="IOException">The budget could not be read or debited: counts as a refusal.</exception>
    bool TryDraw(NoiseRequest request, Span<int> noise);
}

/// <summary>What noise is for.</summary>
/// <param name="FederationId">The federation.</param>
/// <param name="Epoch">Its roster's number.</param>
/// <param name="Round">The round's number.</param>
/// <param name="Sigma">The standard deviation of this node's part: σ / √h. Nought where the federation agreed on none.</param>
public sealed record NoiseRequest(string FederationId, ulong Epoch, ulong Round, double Sigma);

/// <summary>For federations that agreed on σ = 0: draws noughts, and refuses where noise is due.</summary>
public sealed class NoNoise : INoise
{
    /// <summary>The one instance.</summary>
    public static NoNoise Instance { get; } = new();

    private NoNoise()
    {
    }

    /// <inheritdoc/>
    public bool TryDraw(NoiseRequest request, Span<int> noise)
    {
        noise.Clear();
        return request.Sigma == 0;
    }
}
