using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Where the service listens and how much it lets anybody take. Kestrel's own defaults leave connections unlimited.</summary>
internal static class KestrelSettings
{
    /// <summary>Where the service listens when nothing else is set.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5380";

    // Twice what the largest call takes: what comes on top is read and dropped, so that its sender sees the 413.
    private const long BodyBytes = 64 << 20;

    // An agent that waits for a task holds a connection.
    private const int Connections = 20_000;

    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(130);
    private static readonly TimeSpan SlowGrace = TimeSpan.FromSeconds(5);
    private const double LeastBytesPerSecond = 240;

    public static void AddKestrelSettings(this WebApplicationBuilder builder)
    {
        if (!IsToldWhere(builder.Configuration)) builder.WebHost.UseUrls(DefaultUrl);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytes;
            kestrel.Limits.MaxConcurrentConnections = Connections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = Connections;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 << 10;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.MaxRequestLineSize = 8 << 10;
            kestrel.Limits.RequestHeadersTimeout = HeaderTimeout;
            kestrel.Limits.KeepAliveTimeout = KeepAlive;
            kestrel.Limits.MaxRequestBufferSize = 1 << 20;
            kestrel.Limits.MaxResponseBufferSize = 64 << 10;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(LeastBytesPerSecond, SlowGrace);
            kestrel.Limits.MinResponseDataRate = new MinDataRate(LeastBytesPerSecond, SlowGrace);
        });
    }

    private static bool IsToldWhere(IConfiguration configuration)
        => !string.IsNullOrEmpty(configuration["urls"])
        || !string.IsNullOrEmpty(configuration["http_ports"])
        || !string.IsNullOrEmpty(configuration["https_ports"])
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
}
