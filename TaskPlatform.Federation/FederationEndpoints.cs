using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using TaskPlatform.Client.Federation;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Federation;

/// <summary>Register, report, and the sums.</summary>
internal static class FederationEndpoints
{
    public static void MapFederationEndpoints(this WebApplication app)
    {
        var group = app.MapGroup("/v1")
            .WithMetadata(new RequestSizeLimitAttribute(JsonBody.MaxBytes))
            .AddEndpointFilter(RefuseWhenOffAsync);
        group.MapPut("/nodes/{nodeId}", RegisterAsync);
        group.MapPost("/nodes/{nodeId}/summary", ReportAsync);
        group.MapGet("/federation", (NodeRegistry registry) => TypedResults.Json(registry.Merge(), FederationJson.Default.FederationReport));
    }

    private static async ValueTask<object?> RefuseWhenOffAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var options = context.HttpContext.RequestServices.GetRequiredService<IOptions<FederationOptions>>();
        return options.Value.Enabled ? await next(context) : Problems.Disabled;
    }

    private static async Task<IResult> RegisterAsync(
        string nodeId, HttpRequest request, NodeRegistry registry, IOptions<FederationOptions> options)
    {
        if (CheckNodeId(nodeId) is { } bad) return bad;
        var (_, problem) = await JsonBody.ReadAsync(request, FederationJson.Default.NodeRegistration);
        if (problem is not null) return problem;

        var outcome = registry.Register(nodeId);
        if (outcome == RegisterOutcome.Full) return Problems.Full(options.Value.MaxNodes);
        var answer = new NodeRegistered
        {
            NodeId = nodeId,
            ReportSeconds = options.Value.ReportSeconds,
            StaleSeconds = options.Value.StaleSeconds,
        };
        var status = outcome == RegisterOutcome.Added ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        return TypedResults.Json(answer, FederationJson.Default.NodeRegistered, statusCode: status);
    }

    private static async Task<IResult> ReportAsync(string nodeId, HttpRequest request, NodeRegistry registry)
    {
        if (CheckNodeId(nodeId) is { } bad) return bad;
        var (summary, problem) = await JsonBody.ReadAsync(request, FederationJson.Default.NodeSummary);
        if (problem is not null) return problem;
        if (SummaryRules.Check(summary!) is { Count: > 0 } errors) return Problems.Invalid(errors);
        return registry.Report(nodeId, summary!) ? TypedResults.NoContent() : Problems.UnknownNode(nodeId);
    }

    private static IResult? CheckNodeId(string nodeId) => SummaryRules.NodeId.IsMatch(nodeId)
        ? null
        : Problems.Invalid([new FieldError("nodeId", "Letters, digits, '.', '_' and '-', at most 64, beginning with a letter or digit.")]);
}
