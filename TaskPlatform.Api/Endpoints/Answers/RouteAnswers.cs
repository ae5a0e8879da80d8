using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes routes as they are answered.</summary>
internal static class RouteAnswers
{
    /// <summary>A route, and what was learned of its candidates.</summary>
    public static RouteInfo Info(RouteItem route) => new()
    {
        Name = route.Name,
        Candidates = [.. route.Spec.Candidates.Select(Candidate)],
        MinimumQuality = route.Spec.MinimumQuality,
        MinimumConfidence = route.Spec.MinimumConfidence,
        Verifier = route.Spec.Verifier,
        VerifierCost = route.Spec.VerifierCost,
        Fallback = route.Spec.Fallback,
        QuotaPatienceSeconds = Times.Seconds(route.Spec.QuotaPatienceMs),
        Figures = [.. route.Figures.Select(Figures)],
    };

    /// <summary>Where a route is found.</summary>
    public static string Address(string queue, string name) => $"/v1/queues/{queue}/routes/{name}";

    /// <summary>Where a task was routed; null where it was not.</summary>
    public static RoutingInfo? Routing(TaskRouting? routing) => routing is null
        ? null
        : new RoutingInfo { Route = routing.Route, Candidate = routing.Candidate, Reason = routing.Reason, Tried = routing.Tried };

    private static Client.Wire.RouteCandidate Candidate(Engine.RouteCandidate candidate) => new()
    {
        Capability = candidate.Name,
        CostPerTask = candidate.CostPerTask,
        CostPerToken = candidate.CostPerToken,
        Quality = candidate.Quality,
        Seconds = candidate.Seconds,
        RateLimitKey = candidate.RateLimitKey,
        BudgetKey = candidate.BudgetKey,
    };

    private static Client.Wire.RouteFigures Figures(CandidateFigures known) => new()
    {
        Capability = known.Candidate,
        Type = known.Type,
        Attempts = known.Figures.Attempts.Attempts,
        PassRate = known.Figures.Attempts.SuccessRate,
        MeanSeconds = known.Figures.Attempts.MeanSeconds,
        MeanCost = Mean(known.Figures.Cost),
        MeanTokens = Mean(known.Figures.Tokens),
        MeanConfidence = Mean(known.Figures.Confidence),
    };

    private static double? Mean(MovingMean mean) => mean.Count == 0 ? null : mean.Mean;
}
