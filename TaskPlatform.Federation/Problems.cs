using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Federation;

/// <summary>The refusals, as RFC 9457 problems.</summary>
internal static class Problems
{
    public static JsonHttpResult<Problem> Disabled { get; } = Make(
        403, "federation-disabled", "Federation is off",
        "This aggregator begins no rounds. Set Federation:Enabled to true here and at each node to switch it on.");

    public static JsonHttpResult<Problem> Make(int status, string name, string title, string detail) => TypedResults.Json(
        new Problem { Type = ProblemTypes.Prefix + name, Title = title, Status = status, Detail = detail },
        WireJson.Default.Problem, "application/problem+json", status);
}
