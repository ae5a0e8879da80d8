namespace TaskPlatform.Client.Wire;

/// <summary>One of those that a route can give a task to, with what is believed of it before results have shown more.</summary>
public sealed record RouteCandidate
{
    /// <summary>The capability that its agents have: a model, mostly.</summary>
    public string? Capability { get; init; }
    /// <summary>What an attempt costs, in the operator's unit; 0 when unset and costPerToken is too.</summary>
    public double? CostPerTask { get; init; }
    /// <summary>What a token costs; counts where an attempt reports tokens and no cost. Before the first a task is taken to need 1,000.</summary>
    public double? CostPerToken { get; init; }
    /// <summary>The share of attempts whose result is good enough, from 0 to 1; 0.5 when unset.</summary>
    public double? Quality { get; init; }
    /// <summary>How long an attempt takes, in seconds; 0 when unset.</summary>
    public double? Seconds { get; init; }
    /// <summary>The rate limit that its provider sets; joins those of the task while it is routed here.</summary>
    public string? RateLimitKey { get; init; }
    /// <summary>The budget that its attempts draw on beside the task's own.</summary>
    public string? BudgetKey { get; init; }
}

/// <summary>Who may take the tasks that name the route, and how one is chosen.</summary>
public sealed record RouteSettings
{
    /// <summary>Those that it chooses from: 1 to 16, none twice.</summary>
    public IReadOnlyList<RouteCandidate>? Candidates { get; init; }
    /// <summary>A candidate of which less of the results are expected to be good is taken only where no other is left, from 0 to 1; 0 when unset.</summary>
    public double? MinimumQuality { get; init; }
    /// <summary>A result of which the agent is less sure is not taken while another candidate is left, from 0 to 1; 0 when unset.</summary>
    public double? MinimumConfidence { get; init; }
    /// <summary>The type of the task that judges results, for tasks that name none themselves; unset: nobody.</summary>
    public string? Verifier { get; init; }
    /// <summary>What a verdict costs, in the operator's unit; 0 when unset.</summary>
    public double? VerifierCost { get; init; }
    /// <summary>The capability of the agents that take the tasks when all candidates are away; unset: they wait.</summary>
    public string? Fallback { get; init; }
    /// <summary>How long a candidate's rate limit may be closed before it counts as away, in seconds; 10 when unset.</summary>
    public double? QuotaPatienceSeconds { get; init; }
}

/// <summary>What results have shown of a candidate at one type of task.</summary>
public sealed record RouteFigures
{
    /// <summary>The candidate's capability.</summary>
    public required string Capability { get; init; }
    /// <summary>The type of task.</summary>
    public required string Type { get; init; }
    /// <summary>Attempts that came to an end.</summary>
    public long Attempts { get; init; }
    /// <summary>The moving average of those that passed, from 0 to 1.</summary>
    public double PassRate { get; init; }
    /// <summary>The moving average of an attempt's time, in seconds.</summary>
    public double MeanSeconds { get; init; }
    /// <summary>The moving average of what an attempt costs; unset until one said so.</summary>
    public double? MeanCost { get; init; }
    /// <summary>The moving average of the tokens that an attempt uses; unset until one said so.</summary>
    public double? MeanTokens { get; init; }
    /// <summary>The moving average of how sure agents were, from 0 to 1; unset until one said so.</summary>
    public double? MeanConfidence { get; init; }
}

/// <summary>A route, and what was learned of its candidates.</summary>
public sealed record RouteInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }
    /// <summary>Those that it chooses from.</summary>
    public required IReadOnlyList<RouteCandidate> Candidates { get; init; }
    /// <inheritdoc cref="RouteSettings.MinimumQuality"/>
    public double MinimumQuality { get; init; }
    /// <inheritdoc cref="RouteSettings.MinimumConfidence"/>
    public double MinimumConfidence { get; init; }
    /// <inheritdoc cref="RouteSettings.Verifier"/>
    public string? Verifier { get; init; }
    /// <inheritdoc cref="RouteSettings.VerifierCost"/>
    public double VerifierCost { get; init; }
    /// <inheritdoc cref="RouteSettings.Fallback"/>
    public string? Fallback { get; init; }
    /// <inheritdoc cref="RouteSettings.QuotaPatienceSeconds"/>
    public double QuotaPatienceSeconds { get; init; }
    /// <summary>What results have shown, by candidate and type.</summary>
    public required IReadOnlyList<RouteFigures> Figures { get; init; }
}

/// <summary>The routes of a queue, by name.</summary>
public sealed record RouteList
{
    /// <summary>The routes.</summary>
    public required IReadOnlyList<RouteInfo> Routes { get; init; }
}

/// <summary>Where a task was routed, and why.</summary>
public sealed record RoutingInfo
{
    /// <summary>The route.</summary>
    public required string Route { get; init; }
    /// <summary>The candidate whose capability it demands.</summary>
    public required string Candidate { get; init; }
    /// <summary>Why, as a sentence with numbers.</summary>
    public required string Reason { get; init; }
    /// <summary>Candidates whose attempts at it have failed, since the last retry.</summary>
    public required IReadOnlyList<string> Tried { get; init; }
}
