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

    /// <summary>
    /// Rounds for nodes alone, on the port for members; figures there too, signed, and on the plain port for whoever watches.
    /// </summary>
    public static void MapRounds(this IEndpointRouteBuilder routes)
    {
        var most = routes.ServiceProvider.GetRequiredService<RoundTerms>().Shape.MaxMessageBytes;
        routes.MapPost("/v1/rounds/exchange", ExchangeAsync).RequireFederationMember(most);
        routes.MapGet("/v1/federation", FiguresAsync).Finally(SignForMembers);
    }

    private static void SignForMembers(EndpointBuilder endpoint)
    {
        var plain = endpoint.RequestDelegate!;
        var signed = new MemberGate(plain, maxBodyBytes: 0);
        endpoint.RequestDelegate = context => context.Features.Get<FederationConnection>() is null ? plain(context) : signed.InvokeAsync(context);
    }

    private static async Task<IResult> ExchangeAsync(HttpContext context, RoundDesk desk, ILogger<RoundDesk> logger)
    {
        if (!RoundPosition.TryParse(context.Request.Headers[RoundPosition.Header], out var position))
        {
            return Problems.Make(400, ProblemTypes.InvalidRequest, "The request is not valid", $"{RoundPosition.Header} is <round>.<stage>; 0.0 before the first message.");
        }
        var node = context.FederationCaller().Id;
        var answer = context.FederationBody();
        if (!answer.IsEmpty && desk.Take(node, position, answer.Span) is { } refused)
        {
            Log.AnswerRefused(logger, node, position, refused.Reason, refused.Detail);
            return Problems.NotTaken(refused);
        }
        if (await WaitAsync(context, stop => desk.NextAsync(node, position, Patience, stop)) is not { } next) return TypedResults.NoContent();
        context.Response.Headers[RoundPosition.Header] = next.Position.ToString();
        return TypedResults.Bytes(next.Bytes, "application/octet-stream");
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
            report = await WaitAsync(context, stop => figures.NextAsync(after, Patience, stop));
            if (report is null && figures.Report() is not null) return TypedResults.NoContent();
        }
        else report = figures.Report();
        return report is null ? NoFigures(figures.LastAbort) : TypedResults.Json(report, FederationJson.Default.FederationReport);
    }

    /// <summary>A service that stops does not wait for those who wait.</summary>
    private static async Task<T?> WaitAsync<T>(HttpContext context, Func<CancellationToken, Task<T?>> wait)
    {
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            return await wait(either.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return default;
        }
    }

    private static IResult NoFigures(FederationAbort? abort) => Problems.Make(
        404, "no-figures", "There are no figures yet",
        abort is null ? "No round has ended since the aggregator started." : $"The last round gave no sum: {abort.Reason}. {abort.Detail}");
}
