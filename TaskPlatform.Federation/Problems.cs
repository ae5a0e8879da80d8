using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Client.Wire;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Federation;

/// <summary>The refusals, as RFC 9457 problems.</summary>
internal static class Problems
{
    public static JsonHttpResult<Problem> Disabled { get; } = Make(
        403, "federation-disabled", "Federation is off",
        "This aggregator begins no rounds. Set Federation:Enabled to true here and at each node to switch it on.");

    /// <summary>A node's answer was not taken; the member <c>reason</c> says why, as <see cref="AbortReason"/> names it.</summary>
    public static JsonHttpResult<Problem> NotTaken(Abort refused)
    {
        var problem = Make(409, "answer-not-taken", "The answer was not taken", refused.Detail);
        problem.Value!.Extensions = new() { ["reason"] = JsonSerializer.SerializeToElement(refused.Reason.ToString()) };
        return problem;
    }

    public static JsonHttpResult<Problem> Make(int status, string name, string title, string detail) => TypedResults.Json(
        new Problem { Type = ProblemTypes.Prefix + name, Title = title, Status = status, Detail = detail },
        WireJson.Default.Problem, "application/problem+json", status);
}
