using System.Collections.Immutable;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads a route.</summary>
internal static class RouteReader
{
    /// <summary>A route to set.</summary>
    /// <param name="fields">The body.</param>
    /// <param name="name">Its name.</param>
    public static Command Put(FieldReader fields, string name)
    {
        var spec = new RouteSpec
        {
            Candidates = Candidates(fields),
            MinimumQuality = Share(fields, "minimumQuality") ?? 0,
            MinimumConfidence = Share(fields, "minimumConfidence") ?? 0,
            Verifier = fields.Word("verifier"),
            VerifierCost = fields.Number("verifierCost", 0, RequestLimits.UsageCost) ?? 0,
            Fallback = fields.Word("fallback"),
            QuotaPatienceMs = fields.Milliseconds("quotaPatienceSeconds", 0, RequestLimits.DaySeconds) ?? RouteSpec.DefaultQuotaPatienceMs,
        };
        fields.RefuseUnknown();
        return new Command.PutRoute(name, spec);
    }

    private static ImmutableArray<RouteCandidate> Candidates(FieldReader fields)
    {
        var candidates = ImmutableArray.CreateBuilder<RouteCandidate>();
        foreach (var (element, path) in fields.Items("candidates", 1, RequestLimits.RouteCandidates, isRequired: true))
        {
            var candidate = Candidate(fields.Below(element, path));
            if (candidates.Any(other => other.Name == candidate.Name)) fields.Below(element, path).Refuse("capability", $"names '{candidate.Name}' a second time");
            else candidates.Add(candidate);
        }
        return candidates.DrainToImmutable();
    }

    private static RouteCandidate Candidate(FieldReader fields)
    {
        var candidate = new RouteCandidate(fields.Word("capability", isRequired: true) ?? "")
        {
            CostPerTask = fields.Number("costPerTask", 0, RequestLimits.UsageCost),
            CostPerToken = fields.Number("costPerToken", 0, RequestLimits.UsageCost),
            Quality = Share(fields, "quality") ?? RouteCandidate.DefaultQuality,
            Seconds = fields.Number("seconds", 0, RequestLimits.WeekSeconds) ?? 0,
            RateLimitKey = fields.Id("rateLimitKey"),
            BudgetKey = fields.Id("budgetKey"),
        };
        fields.RefuseUnknown();
        return candidate;
    }

    private static double? Share(FieldReader fields, string name) => fields.Number(name, 0, 1);
}
