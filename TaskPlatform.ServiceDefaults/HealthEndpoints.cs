using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskPlatform.ServiceDefaults;

/// <summary>The two health addresses, and the body that names what is wrong.</summary>
public static class HealthEndpoints
{
    /// <summary>A check with this tag says that the process should be restarted when it fails. All others only say "not ready".</summary>
    public const string LiveTag = "live";

    internal const string ReadyPath = "/health";
    internal const string LivePath = "/alive";

    internal static void Map(WebApplication app)
    {
        var log = app.Services.GetRequiredService<HealthLog>();
        app.MapHealthChecks(ReadyPath, new HealthCheckOptions
        {
            ResponseWriter = (context, report) =>
            {
                log.Note(report);
                return WriteAsync(context, report);
            },
        });
        app.MapHealthChecks(LivePath, new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(LiveTag),
            ResponseWriter = WriteAsync,
        });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var checks = report.Entries.Select(entry => new CheckBody(entry.Key, entry.Value.Status.ToString(), Describe(entry.Value)));
        return context.Response.WriteAsJsonAsync(
            new ReportBody(report.Status.ToString(), [.. checks]), JsonSerializerOptions.Web, context.RequestAborted);
    }

    internal static string? Describe(HealthReportEntry entry) => entry.Description ?? entry.Exception?.Message;

    private sealed record ReportBody(string Status, IReadOnlyList<CheckBody> Checks);

    private sealed record CheckBody(string Name, string Status, string? Description);
}
