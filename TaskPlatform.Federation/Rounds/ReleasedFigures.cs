using TaskPlatform.Client.Federation;
using TaskPlatform.Federation.Protocol.Cooperation;
using TaskPlatform.Federation.Protocol.Privacy;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Schema;

namespace TaskPlatform.Federation.Rounds;

/// <summary>The figures of the last round that gave a sum, in memory alone: after a restart there are none until the next one does.</summary>
internal sealed class ReleasedFigures
{
    private readonly RoundTerms _terms;
    private readonly SummarySchema _schema;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ChangeSignal _changed;
    private readonly TimeSpan _staleAfter;
    private readonly PrivacyClaim? _claim;

    private Held? _last;
    private FederationAbort? _lastAbort;

    public ReleasedFigures(RoundTerms terms, SummarySchema schema, RoundTimes times, TimeProvider time)
    {
        (_terms, _schema, _time) = (terms, schema, time);
        _changed = new ChangeSignal(_lock, time);
        _staleAfter = CooperationSettings.Recommended.MaxPeriodsOld * times.Period;
        _claim = terms.Sigma > 0 ? PrivacyLoss.Of(PrivacyLoss.LifeSquared, NoiseVariance.OfSigma(terms.Sigma)).At(PrivacyClaim.UsualDelta) : null;
    }

    /// <summary>The figures now; null before the first.</summary>
    public FederationReport? Report()
    {
        lock (_lock) return _last is { } last ? Describe(last) : null;
    }

    /// <summary>Why the last round that gave no sum gave none.</summary>
    public FederationAbort? LastAbort
    {
        get
        {
            lock (_lock) return _lastAbort;
        }
    }

    /// <summary>The figures of a round behind another, as soon as there are some; null when there are none for so long.</summary>
    public Task<FederationReport?> NextAsync(long after, TimeSpan patience, CancellationToken cancellationToken)
        => _changed.WaitForAsync(() => _last is { } last && last.Round > after ? Describe(last) : null, patience, cancellationToken);

    public void Release(long round, RoundSum sum)
    {
        lock (_lock)
        {
            _last = new Held(round, _time.GetUtcNow(), _time.GetTimestamp(), sum);
            _changed.Set();
        }
    }

    public void Abort(long round, Abort abort)
    {
        lock (_lock) _lastAbort = new FederationAbort { Round = round, Reason = abort.Reason.ToString(), Detail = abort.Detail };
    }

    private FederationReport Describe(Held last)
    {
        var sums = new FederationFigures(_schema, last.Sum.Lanes, last.Sum.Nodes.Count);
        var age = _time.GetElapsedTime(last.Timestamp);
        var sigma = _terms.SigmaPerNode * Math.Sqrt(sums.Nodes);
        return new FederationReport
        {
            Round = last.Round,
            At = last.At,
            AgeSeconds = Math.Round(age.TotalSeconds, 3),
            Stale = age > _staleAfter,
            Nodes = sums.Nodes,
            Members = _terms.Roster.Count,
            Load = sums.Load,
            Capacity = sums.Capacity,
            MeanLoad = Math.Round(sums.MeanLoad, 3),
            Types = [.. _schema.Types.Select(type => Describe(sums, type, sigma))],
            Privacy = new FederationPrivacy { Epsilon = _claim is { } claim ? Math.Round(claim.Epsilon, 2) : null, Delta = PrivacyClaim.UsualDelta, Sigma = Math.Round(sigma, 2) },
            LastAbort = _lastAbort,
        };
    }

    private static FederationTypeReport Describe(FederationFigures sums, string type, double sigma)
    {
        var isShown = RateSuppression.MayShow(sums.Completed(type), sigma);
        return new FederationTypeReport
        {
            Type = type,
            Queued = sums.Queued(type),
            Running = sums.Running(type),
            Completed = sums.Completed(type),
            Succeeded = sums.Succeeded(type),
            SuccessRate = isShown ? Rounded(RateSuppression.Rate(sums.Succeeded(type), sums.Completed(type), sigma)) : null,
            MeanSeconds = isShown ? Rounded(sums.MeanSeconds(type)) : null,
            P95Seconds = isShown ? Rounded(sums.QuantileSeconds(type, 0.95)) : null,
        };
    }

    private static double? Rounded(double? number) => number is { } known ? Math.Round(known, 3) : null;

    /// <param name="Round">Its number.</param>
    /// <param name="At">When the sum was opened.</param>
    /// <param name="Timestamp">The same on the monotonic clock.</param>
    /// <param name="Sum">The sum.</param>
    private sealed record Held(long Round, DateTimeOffset At, long Timestamp, RoundSum Sum);
}
