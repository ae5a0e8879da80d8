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

    private const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ServiceNameKey = "OTEL_SERVICE_NAME";

    /// <summary>
    /// Spans are always made, because a task stores the <c>traceparent</c> of its submit; they leave the process only
    /// when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </summary>
    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => NameService(resource, builder))
            .WithTracing(tracing => tracing
                .AddSource(Name)
                .AddAspNetCoreInstrumentation(options => options.Filter = IsTraced)
                .AddHttpClientInstrumentation())
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

    // Health is asked every few seconds; those spans would bury the others.
    private static bool IsTraced(HttpContext context) => !HealthEndpoints.Serves(context.Request.Path);

    // The environment variable is read by the SDK itself; a name given here would win over it.
    private static void NameService(ResourceBuilder resource, IHostApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration[ServiceNameKey])) resource.AddService(builder.Environment.ApplicationName);
    }
}
