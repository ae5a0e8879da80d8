using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>One of those that a route can give a task to, with what is believed of it before results have shown more.</summary>
/// <param name="Name">The capability that its agents have: a model, mostly.</param>
public sealed record RouteCandidate(string Name)
{
    /// <summary>Tokens that a task is taken to need where nothing was reported yet.</summary>
    internal const double PriorTokens = 1_000;

    /// <summary>The quality of a candidate of which nothing was said.</summary>
    public const double DefaultQuality = 0.5;

    /// <summary>What an attempt costs, in the operator's unit; null: <see cref="CostPerToken"/> says.</summary>
    public double? CostPerTask { get; init; }

    /// <summary>What a token costs; counts where an attempt reports tokens and no cost.</summary>
    public double? CostPerToken { get; init; }

    /// <summary>The share of attempts whose result is good enough, 0 to 1.</summary>
    public double Quality { get; init; } = DefaultQuality;

    /// <summary>How long an attempt takes, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>The rate limit that its provider sets; joins those of the task while it is routed here.</summary>
    public string? RateLimitKey { get; init; }

    /// <summary>The budget that its attempts draw on beside the task's own.</summary>
    public string? BudgetKey { get; init; }

    internal double PriorCost => CostPerTask ?? CostPerToken * PriorTokens ?? 0;
}

/// <summary>Who may take the tasks that name the route, and how one is chosen.</summary>
public sealed record RouteSpec
{
    /// <summary><see cref="QuotaPatienceMs"/> where nothing was said.</summary>
    public const long DefaultQuotaPatienceMs = 10_000;

    /// <summary>Those that it chooses from; one at least, none twice.</summary>
    public required ImmutableArray<RouteCandidate> Candidates { get; init; }

    /// <summary>A candidate of which less of the results are expected to be good is taken only where no other is left; 0 to 1.</summary>
    public double MinimumQuality { get; init; }

    /// <summary>A result of which the agent is less sure is not taken while another candidate is left; 0 to 1.</summary>
    public double MinimumConfidence { get; init; }

    /// <summary>The type of the task that judges results; null: as each task says.</summary>
    public string? Verifier { get; init; }

    /// <summary>What a verdict costs, in the operator's unit.</summary>
    public double VerifierCost { get; init; }

    /// <summary>The capability of the agents that take the tasks when all candidates are away; null: they wait.</summary>
    public string? Fallback { get; init; }

    /// <summary>How long a candidate's rate limit may be closed before it counts as away, in milliseconds.</summary>
    public long QuotaPatienceMs { get; init; } = DefaultQuotaPatienceMs;

    /// <summary>The candidate of that name, if it is one.</summary>
    public RouteCandidate? Find(string? name)
    {
        foreach (var candidate in Candidates)
        {
            if (candidate.Name == name) return candidate;
        }
        return null;
    }
}

/// <summary>Where a task was routed, and why.</summary>
/// <param name="Route">The route.</param>
/// <param name="Candidate">Whose capability it demands.</param>
/// <param name="Reason">Why, as a sentence for people with numbers.</param>
/// <param name="Tried">Candidates whose attempts at it have failed, since the last retry.</param>
/// <param name="Used">What the attempt that runs has reported so far.</param>
public sealed record TaskRouting(string Route, string Candidate, string Reason, ImmutableArray<string> Tried, Usage Used = default);
