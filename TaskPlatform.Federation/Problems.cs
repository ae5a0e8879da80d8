using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Federation;

/// <summary>The refusals, as RFC 9457 problems.</summary>
internal static class Problems
{
    public static JsonHttpResult<Problem> Disabled { get; } = Make(
        403, "federation-disabled", "Federation is off",
        "This aggregator takes and tells nothing. Set Federation:Enabled to true here and at each node to switch it on.");

    public static JsonHttpResult<Problem> Invalid(IReadOnlyList<FieldError> errors) => Make(
        400, ProblemTypes.InvalidRequest, "The request is not valid", "Correct the fields listed in errors.", errors);

    public static JsonHttpResult<Problem> UnknownNode(string nodeId) => Make(
        404, "node-not-found", "The node is not registered", $"Register it first: PUT /v1/nodes/{nodeId}.");

    public static JsonHttpResult<Problem> Full(int limit) => Make(
        409, "too-many-nodes", "No room for another node",
        $"{limit} nodes are registered. Raise Federation:MaxNodes, or wait until a silent one is forgotten.");

    public static JsonHttpResult<Problem> TooLarge(long limit) => Make(
        413, ProblemTypes.PayloadTooLarge, "The body is too large", $"At most {limit} bytes.");

    private static JsonHttpResult<Problem> Make(
        int status, string name, string title, string detail, IReadOnlyList<FieldError>? errors = null) => TypedResults.Json(
            new Problem { Type = ProblemTypes.Prefix + name, Title = title, Status = status, Detail = detail, Errors = errors },
            WireJson.Default.Problem, "application/problem+json", status);
}
