using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using TaskPlatform.Api.Federation;

namespace TaskPlatform.Api.Endpoints;

/// <summary>
/// Where the service listens and how much it lets anybody take. Every limit of Kestrel stands here, those that are its defaults too: some defaults are "none",
/// and a newer version may have others.
/// </summary>
internal static class KestrelSettings
{
    /// <summary>Where the service listens when nothing else is set.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5380";

    // Twice what the largest call takes: what comes on top is read and dropped, so that its sender sees the 413.
    private const long BodyBytes = 64 << 20;

    // Room for every agent of a fleet that comes back at the same moment after a restart.
    private const int Backlog = 1_024;

    private static readonly TimeSpan SlowGrace = TimeSpan.FromSeconds(5);

    public static void AddKestrelSettings(this WebApplicationBuilder builder)
    {
        var grpc = GrpcEndpoint.Add(builder, isToldWhere: IsToldWhere(builder.Configuration));
        var members = NodeMembership.AddPort(builder);
        var limits = HttpLimits.From(builder.Configuration);
        builder.Services.AddSingleton(limits);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false; // a blocked thread would be one that no call gets
            kestrel.AllowResponseHeaderCompression = false; // nothing secret may be guessed from an answer's length
            Set(kestrel.Limits, limits);
            Set(kestrel.Limits.Http2);
            kestrel.ConfigureEndpointDefaults(address =>
            {
                grpc.Set(address);
                members?.Set(address);
            });
            kestrel.Limits.Http3.MaxRequestHeaderFieldSize = 16 << 10;
        });
        builder.Services.Configure<SocketTransportOptions>(socket =>
        {
            socket.Backlog = Backlog;
            socket.WaitForDataBeforeAllocatingBuffer = true; // idle connections hold no buffer
            socket.MaxReadBufferSize = 1 << 20; // what is received ahead of the service
            socket.MaxWriteBufferSize = 64 << 10; // what is sent ahead of the client
        });
    }

    private static void Set(KestrelServerLimits kestrel, HttpLimits limits)
    {
        kestrel.MaxConcurrentConnections = limits.Connections;
        kestrel.MaxConcurrentUpgradedConnections = 0; // nothing here upgrades
        kestrel.MaxRequestBodySize = BodyBytes;
        kestrel.MaxRequestLineSize = 8 << 10;
        kestrel.MaxRequestHeadersTotalSize = 32 << 10;
        kestrel.MaxRequestHeaderCount = 100;
        kestrel.MaxRequestBufferSize = 1 << 20; // what is received before the call reads it
        kestrel.MaxResponseBufferSize = 64 << 10; // what is written before the client reads it
        kestrel.RequestHeadersTimeout = TimeSpan.FromSeconds(limits.HeadSeconds);
        kestrel.KeepAliveTimeout = TimeSpan.FromSeconds(limits.KeepAliveSeconds);
        kestrel.MinRequestBodyDataRate = new MinDataRate(limits.LeastBytesPerSecond, SlowGrace);
        kestrel.MinResponseDataRate = new MinDataRate(limits.LeastBytesPerSecond, SlowGrace);
    }

    // On the address for gRPC, and over TLS: without it Kestrel speaks HTTP/1.1 on an address that takes both.
    private static void Set(Http2Limits http2)
    {
        http2.MaxStreamsPerConnection = 100;
        http2.HeaderTableSize = 4 << 10;
        http2.MaxFrameSize = 16 << 10;
        http2.MaxRequestHeaderFieldSize = 16 << 10;
        http2.InitialConnectionWindowSize = 1 << 20; // what one connection may have sent ahead, over all its streams
        http2.InitialStreamWindowSize = 768 << 10;
        http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30); // finds peers that vanished while their claims wait
        http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }

    private static bool IsToldWhere(IConfiguration configuration)
        => !string.IsNullOrEmpty(configuration["urls"])
        || !string.IsNullOrEmpty(configuration["http_ports"])
        || !string.IsNullOrEmpty(configuration["https_ports"])
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
}
