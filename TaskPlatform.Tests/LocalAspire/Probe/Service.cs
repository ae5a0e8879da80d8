namespace TaskPlatform.Tests.Probe;

/// <summary>A service that tells what it was given, and is healthy when it is told to be.</summary>
internal static class Service
{
    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var isReady = app.Configuration["Probe:Unready"] is null;

        app.MapGet("/health", () => isReady ? Results.Ok() : Results.StatusCode(503));
        app.MapPost("/ready", () => { isReady = true; });
        app.MapGet("/variables", () => Environment.GetEnvironmentVariables());
        app.MapGet("/process", () => Environment.ProcessId);
        app.MapPost("/length", async (HttpRequest request) => await LengthAsync(request.Body));
        app.MapGet("/events", StreamAsync);
        app.MapGet("/host", (HttpRequest request) => $"{request.Host} {request.Headers.TraceParent}");
        app.Lifetime.ApplicationStopping.Register(() => Console.WriteLine($"{builder.Configuration["OTEL_SERVICE_NAME"]} ends"));
        await app.RunAsync();
    }

    private static async Task<long> LengthAsync(Stream body)
    {
        var buffer = new byte[1 << 16];
        long length = 0;
        while (await body.ReadAsync(buffer) is var read and > 0) length += read;
        return length;
    }

    /// <summary>One event at once, and then none for as long as the caller stays.</summary>
    private static async Task StreamAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync("data: first\n\n");
        await context.Response.Body.FlushAsync();
        try
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        catch (OperationCanceledException) { } // the caller went
    }
}
