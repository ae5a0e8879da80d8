using System.Globalization;
using TaskPlatform.Client.Federation;
using TaskPlatform.Client.Wire;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Federation.Rounds;

/// <summary>What nodes call, and where figures are read.</summary>
internal static class RoundEndpoints
{
    /// <summary>How long a call waits for something to tell.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>For nodes: a node's answer for the next message.</summary>
    public static void MapExchange(this IEndpointRouteBuilder routes) => routes.MapPost("/v1/rounds/exchange", ExchangeAsync);

    /// <summary>For everybody who may ask: the figures.</summary>
    public static void MapFigures(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/federation", FiguresAsync);

    private static async Task<IResult> ExchangeAsync(HttpContext context, RoundDesk desk, RoundTerms terms, ILogger<RoundDesk> logger)
    {
        if (!RoundPosition.TryParse(context.Request.Headers[RoundPosition.Header], out var position))
        {
            return Problems.Make(400, ProblemTypes.InvalidRequest, "The request is not valid", $"{RoundPosition.Header} is <round>.<stage>; 0.0 before the first message.");
        }
        var node = context.Features.GetRequiredFeature<FederationCaller>().Id;
        if (await ReadAsync(context.Request, terms.Shape.MaxMessageBytes) is not { } answer)
        {
            return Problems.Make(413, ProblemTypes.PayloadTooLarge, "The body is too large", $"At most {terms.Shape.MaxMessageBytes} bytes.");
        }
        if (answer.Length > 0 && desk.Take(node, position, answer) is { } refused)
        {
            Log.AnswerRefused(logger, node, position, refused.Reason, refused.Detail);
            return Problems.NotTaken(refused);
        }
        if (await desk.NextAsync(node, position, Patience, context.RequestAborted) is not { } next) return TypedResults.NoContent();
        context.Response.Headers[RoundPosition.Header] = next.Position.ToString();
        return TypedResults.Bytes(next.Bytes, "application/octet-stream");
    }

    private static async Task<byte[]?> ReadAsync(HttpRequest request, int most)
    {
        if (request.ContentLength > most) return null;
        var bytes = new byte[most + 1];
        var length = await request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        return length > most ? null : bytes[..length];
    }

    private static async Task<IResult> FiguresAsync(HttpContext context, ReleasedFigures figures)
    {
        FederationReport? report;
        if (context.Request.Query["after"] is [{ } text, ..])
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var after))
            {
                return Problems.Make(400, ProblemTypes.InvalidRequest, "The request is not valid", "after is the number of a round.");
            }
            report = await figures.NextAsync(after, Patience, context.RequestAborted);
            if (report is null && figures.Report() is not null) return TypedResults.NoContent();
        }
        else report = figures.Report();
        return report is null ? NoFigures(figures.LastAbort) : TypedResults.Json(report, FederationJson.Default.FederationReport);
    }

    private static IResult NoFigures(FederationAbort? abort) => Problems.Make(
        404, "no-figures", "There are no figures yet",
        abort is null ? "No round has ended since the aggregator started." : $"The last round gave no sum: {abort.Reason}. {abort.Detail}");
}
