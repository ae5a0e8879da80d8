using Microsoft.AspNetCore.Http.HttpResults;
using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Api.Endpoints.Documentation;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>What a queue has done lately.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetricsEndpoint(this IEndpointRouteBuilder app) => Routes.Below(app, "/metrics", "Queues").MapGet("", GetAsync)
        .Query("window", "How far to look back: whole minutes (m), hours (h) or days (d) from 5m to 24h, like 15m; 1h when unset.")
        .Named("getMetrics", "What the queue has done in the window, and in each five minutes of the last day.")
        .Refuses(ProblemTypes.QueueNotFound);

    private static async Task<Ok<QueueMetrics>> GetAsync(HttpContext http, Dispatch dispatch)
    {
        using var request = ApiRequest.WithoutBody(http);
        var query = request.Query();
        var windowMs = WindowReader.Read(query);
        query.RefuseUnknown();
        var reply = await dispatch.SendAsync<Outcome.LoadAnswer>(request, new Command.GetLoad());
        return TypedResults.Ok(MetricsAnswers.Metrics(reply.Owner.Analyse(reply.Outcome.Load, windowMs), windowMs));
    }
}
