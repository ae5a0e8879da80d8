using System.Globalization;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints;

/// <summary>
/// The one boundary at which refusals, outages and faults become answers. Whatever a call ends with, its caller gets a problem with a name,
/// and of a fault nothing that is inside.
/// </summary>
/// <param name="next">The calls.</param>
/// <param name="logger">Takes faults.</param>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && Unanswered(context.Response) is { } problem) await WriteAsync(context, problem, retryAfter: null);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested) context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            else await AnswerAsync(context, exception);
        }
    }

    private Task AnswerAsync(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case RequestRefusedException refused:
                return WriteAsync(context, refused.Problem, refused.RetryAfter);
            case QueueUnavailableException unavailable:
                return WriteAsync(context, Problems.Of(unavailable), unavailable.RetryAfter);
            case BadHttpRequestException bad:
                return WriteAsync(context, Problems.Of(NameOf(bad.StatusCode), bad.Message), retryAfter: null);
            default:
                Log.CallFailed(logger, context.Request.Method, context.Request.Path, exception);
                return WriteAsync(context, Problems.Of(Problems.InternalError, "The fault was logged."), retryAfter: null);
        }
    }

    // Routing answers with a bare status where it finds nothing.
    private static Problem? Unanswered(HttpResponse response) => response switch
    {
        { ContentLength: not null } or { ContentType: not null } => null,
        { StatusCode: 404 } => Problems.Of(Problems.NotFound, $"{response.HttpContext.Request.Path} is no address of this service; see /openapi/v1.json."),
        { StatusCode: 405 } => Problems.Of(
            Problems.MethodNotAllowed, $"{response.HttpContext.Request.Path} does not take {response.HttpContext.Request.Method}, but {response.Headers.Allow}."),
        { StatusCode: >= 400 and < 500 } => Problems.Of(NameOf(response.StatusCode), "The request could not be read."),
        _ => null,
    };

    private static string NameOf(int status) => status switch
    {
        StatusCodes.Status408RequestTimeout => Problems.RequestTimeout,
        StatusCodes.Status413PayloadTooLarge => ProblemTypes.PayloadTooLarge,
        _ => ProblemTypes.InvalidRequest,
    };

    private static Task WriteAsync(HttpContext context, Problem problem, TimeSpan? retryAfter)
    {
        TaskMetrics.Refused(context.GetRouteValue(Routes.QueueValue) as string, problem.Name);
        context.Response.StatusCode = problem.Status!.Value;
        if (retryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return context.Response.WriteAsJsonAsync(problem, WireJson.Default.Problem, Problems.ContentType, context.RequestAborted);
    }
}
