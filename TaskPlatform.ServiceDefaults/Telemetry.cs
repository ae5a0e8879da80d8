using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace TaskPlatform.ServiceDefaults;

/// <summary>Traces, metrics and logs by OpenTelemetry.</summary>
public static class Telemetry
{
    /// <summary>The name of the platform's one <c>ActivitySource</c> and one <c>Meter</c>.</summary>
    public const string Name = "TaskPlatform";

    /// <summary>Boundaries for what may take milliseconds or hours; the SDK's own are meant for milliseconds.</summary>
    public static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600],
    };

    /// <summary>Boundaries for sizes from 64 bytes to 16 MiB.</summary>
    public static readonly InstrumentAdvice<long> Bytes = new() { HistogramBucketBoundaries = [.. Enumerable.Range(0, 10).Select(step => 64L << (2 * step))] };

    private const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ServiceNameKey = "OTEL_SERVICE_NAME";
    private const string NotRecorded = "-00"; // how a W3C traceparent ends then

    // The SDK's own defaults hold 2,048 spans and no examples of measurements: a burst of tasks would leave holes in its trace.
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["OTEL_BSP_MAX_QUEUE_SIZE"] = "65536",
        ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"] = "4096",
        ["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based",
    };

    /// <summary>
    /// Spans are always made, because a task stores the <c>traceparent</c> of its submit; they leave the process only
    /// when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </summary>
    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        // Whatever an operator says wins.
        builder.Configuration.AddInMemoryCollection(Defaults.Where(setting => builder.Configuration[setting.Key] is null).ToList());
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => NameService(resource, builder))
            .WithTracing(tracing => tracing
                .AddSource(Name)
                .AddAspNetCoreInstrumentation(options => options.Filter = IsTraced)
                .AddHttpClientInstrumentation(options => options.FilterHttpRequestMessage = request => !QuietCalls.Includes(request.RequestUri?.AbsolutePath)))
            .WithMetrics(metrics => metrics
                .AddMeter(Name)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation());

        if (string.IsNullOrWhiteSpace(builder.Configuration[EndpointKey])) return;

        builder.Logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.IncludeScopes = true;
        });
        telemetry.UseOtlpExporter();
    }

    // A caller that says "not recorded" is believed, whatever the sampler: in development Aspire sets one that records everything.
    private static bool IsTraced(HttpContext context) => !QuietCalls.Includes(context.Request.Path.Value)
        && !context.Request.Headers.TraceParent.ToString().EndsWith(NotRecorded, StringComparison.Ordinal);

    // The environment variable is read by the SDK itself; a name given here would win over it.
    private static void NameService(ResourceBuilder resource, IHostApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration[ServiceNameKey])) resource.AddService(builder.Environment.ApplicationName);
    }
}
