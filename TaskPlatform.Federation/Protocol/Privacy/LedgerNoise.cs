using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Federation.Protocol.Privacy;

/// <summary>
/// A node's noise in rounds: each round is debited in the node's ledger, at what a task can change in one release, before its noise is drawn. That a task is in few
/// releases is another's promise (<see cref="ReleaseWindow"/>); the ledger bounds how many releases there are a day, and remembers the last two. A period of accounts is a
/// day of UTC, by the round's number, which is its begin in Unix milliseconds. Of one thread at a time.
/// </summary>
/// <param name="ledger">The node's.</param>
/// <param name="terms">What the federation agreed on: σ, and how many honest nodes share it.</param>
/// <param name="source">Where the randomness comes from.</param>
internal sealed class LedgerNoise(PrivacyLedger ledger, RoundTerms terms, RandomNumberGenerator source) : INoise
{
    /// <summary>Whose account it is: all tasks of the node have one, whatever federation they are counted for.</summary>
    public const string Tenant = "tasks";

    private const long DayMs = 86_400_000;

    private readonly PrivacyLoss _loss = LossOf(terms);
    private readonly PaidNoise? _noise = terms.Sigma > 0
        ? new PaidNoise(ledger, new DiscreteGaussian(NoiseVariance.OfSigma(terms.Sigma).Share((uint)terms.Graph.HonestSurvivors), new RandomDraws(source))) : null;

    /// <summary>Whether the last release was refused since the day's budget is spent.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>What one release costs at most: a task may be in its load and among its completions. Nothing where members agreed on no noise, and so on no promise.</summary>
    public static PrivacyLoss LossOf(RoundTerms terms) => terms.Sigma > 0
        ? PrivacyLoss.Of(PrivacyLoss.LoadSquared + PrivacyLoss.CompletionSquared, NoiseVariance.OfSigma(terms.Sigma)) : default;

    /// <summary>What a day may cost.</summary>
    /// <param name="terms">What the federation agreed on.</param>
    /// <param name="releases">How many releases there may be.</param>
    public static PrivacyLoss BudgetOf(RoundTerms terms, int releases) => new(checked(LossOf(terms).NanoRho * releases));

    /// <inheritdoc/>
    public bool TryDraw(NoiseRequest request, Span<int> noise)
    {
        if (request.Round > long.MaxValue) throw new IOException($"round {request.Round} is beyond what the ledger can hold.");
        var round = (long)request.Round;
        var result = Draw(round / DayMs, round, noise);
        IsSpent = result == DebitResult.Exhausted;
        return result != DebitResult.AlreadyDebited ? !IsSpent : throw new IOException($"round {round}, or a later one, was paid for before.");
    }

    private DebitResult Draw(long period, long round, Span<int> noise)
    {
        try
        {
            if (_noise is not null) return _noise.Draw(Tenant, period, round, _loss, noise);
            noise.Clear();
            return ledger.Debit(Tenant, period, round, _loss);
        }
        catch (LedgerException broken)
        {
            throw new IOException(broken.Message, broken);
        }
    }
}
