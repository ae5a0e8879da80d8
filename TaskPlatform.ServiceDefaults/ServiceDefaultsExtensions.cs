using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using TaskPlatform.ServiceDefaults;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the platform does alike. One call while building, one after.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds telemetry, console logs, health checks and service discovery.
    /// </summary>
    /// <remarks>
    /// Every <see cref="HttpClient"/> resolves names such as <c>http://api</c>. None repeats requests by itself: what may be repeated
    /// depends on the call, so that is decided by the typed client and not here.
    /// </remarks>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.AddCompactConsole();
        builder.AddTelemetry();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [HealthEndpoints.LiveTag]);
        builder.Services.AddSingleton<HealthLog>();
        builder.Services.AddSingleton<IPostConfigureOptions<HealthCheckServiceOptions>, BoundedChecks>();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http => http.AddServiceDiscovery());
        return builder;
    }

    /// <summary>
    /// Maps <c>GET /health</c> (ready: every check passes) and <c>GET /alive</c> (live: only the checks tagged <c>live</c>), in every
    /// environment, because an orchestrator needs them in production most.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        HealthEndpoints.Map(app);
        return app;
    }
}
