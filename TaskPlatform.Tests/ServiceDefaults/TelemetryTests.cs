using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;

namespace TaskPlatform.Tests.ServiceDefaults;

/// <summary>Health addresses and spans of a service that does nothing else.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Health_FailingCheck_IsNamedAndLeavesAliveAlone()
    {
        await using var app = await StartAsync(services => services.AddHealthChecks()
            .AddCheck("store", () => HealthCheckResult.Unhealthy("Redis does not answer.")));
        using var client = Client(app);

        using var ready = await client.GetAsync("/health", TestContext.Current.CancellationToken);
        using var live = await client.GetAsync("/alive", TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)ready.StatusCode);
        Assert.Contains(
            """{"name":"store","status":"Unhealthy","description":"Redis does not answer."}""",
            await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(200, (int)live.StatusCode);
    }

    [Fact]
    public async Task Request_ThatIsMadeAgainAndAgain_IsNotTracedUnlikeOthers()
    {
        var spans = new List<Activity>();
        await using var app = await StartAsync(services =>
            services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddInMemoryExporter(spans)));
        using var client = Client(app);

        foreach (var path in (string[])["/health", "/alive", "/v1/queues/q/claims", "/v1/queues/q/tasks/a/heartbeat", "/work"])
        {
            using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
        }
        await app.StopAsync(TestContext.Current.CancellationToken); // a span ends after its answer was sent

        Assert.Equal(["/work"], Served(app, spans).Select(span => span.GetTagItem("url.path")));
    }

    [Fact]
    public async Task Request_WhoseCallerDoesNotRecord_IsNotTraced()
    {
        var spans = new List<Activity>();
        await using var app = await StartAsync(services =>
            services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.SetSampler(new AlwaysOnSampler()).AddInMemoryExporter(spans)));
        using var client = Client(app);

        string[] parents = ["00-0af7651916cd43dd8448eb211c80319c-0000000000000001-00", "00-0af7651916cd43dd8448eb211c80319c-0000000000000002-01"];
        foreach (var parent in parents)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/work");
            request.Headers.Add("traceparent", parent);
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        }
        await app.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal([parents[1]], Served(app, spans).Select(span => span.ParentId));
    }

    [Fact]
    public async Task Span_OfThePlatformsSource_IsTaken()
    {
        var spans = new List<Activity>();
        await using var app = await StartAsync(services =>
            services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddInMemoryExporter(spans)));
        using var source = new ActivitySource(TaskPlatform.ServiceDefaults.Telemetry.Name);

        source.StartActivity("claim")!.Dispose();

        Assert.Contains(spans, span => span.OperationName == "claim");
    }

    // Hosts of other tests run at the same time, and every exporter of a process hears of all of them.
    private static IEnumerable<Activity> Served(WebApplication app, List<Activity> spans)
    {
        var port = new Uri(app.Urls.Single()).Port;
        app.Services.GetRequiredService<TracerProvider>().Shutdown(); // or the list would change while it is read
        return spans.Where(span => span.Kind == ActivityKind.Server && Equals(span.GetTagItem("server.port"), port));
    }

    // Without a trace of its own, which would take the place of the one that a test gives.
    private static HttpClient Client(WebApplication app) =>
        new(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = new Uri(app.Urls.Single()) };

    private static async Task<WebApplication> StartAsync(Action<IServiceCollection> configure)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        configure(builder.Services);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGet("/work", () => "done");
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
