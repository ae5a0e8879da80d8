namespace TaskPlatform.Tests.Servers;

/// <summary>How Microsoft's Aspire dashboard is started by itself, for whoever asks on this machine.</summary>
internal static class DashboardCommand
{
    /// <summary>Stands in the line that it writes once it takes telemetry.</summary>
    public const string Ready = "OTLP/gRPC listening on";

    private const string Dashboard = "ASPIRE_DASHBOARD";

    /// <param name="program">The dashboard.</param>
    /// <param name="url">Where its pages and its API are to be.</param>
    /// <param name="otlpUrl">Where it is to take telemetry (gRPC).</param>
    /// <param name="settings">Environment variables besides, as <c>name=value</c>.</param>
    public static IEnumerable<string> Of(string program, string url, string otlpUrl, params IEnumerable<string> settings) =>
    [
        "/usr/bin/env", $"ASPNETCORE_URLS={url}", $"{Dashboard}_OTLP_ENDPOINT_URL={otlpUrl}", $"{Dashboard}_UNSECURED_ALLOW_ANONYMOUS=true",
        "ASPIRE_ALLOW_UNSECURED_TRANSPORT=true", .. settings, program, "dashboard",
    ];
}
