using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TaskPlatform.Api.Endpoints;

/// <summary>
/// The address for gRPC (<c>Grpc:Port</c>). One of its own, because without TLS Kestrel cannot tell HTTP/1.1 and HTTP/2 apart on one. There is none where
/// only the others are set.
/// </summary>
internal sealed class GrpcEndpoint
{
    private const string DefaultUrl = "http://127.0.0.1";
    private const int DefaultPort = 5381;

    private readonly int? _port;

    private GrpcEndpoint(int? port) => _port = port;

    /// <summary>Adds it to the addresses of the service.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="isToldWhere">Whether the configuration says where the service listens.</param>
    public static GrpcEndpoint Add(WebApplicationBuilder builder, bool isToldWhere)
    {
        var port = PortOf(builder.Configuration["Grpc:Port"]);
        if (!isToldWhere) builder.WebHost.UseUrls(KestrelSettings.DefaultUrl, $"{DefaultUrl}:{port ??= DefaultPort}");
        else if (port is not null) AddTo(builder, port.Value);
        return new GrpcEndpoint(port);
    }

    /// <summary>HTTP/2 alone on its port, whoever added that to the addresses.</summary>
    public void Set(ListenOptions address)
    {
        if (address.IPEndPoint?.Port == _port) address.Protocols = HttpProtocols.Http2;
    }

    private static void AddTo(WebApplicationBuilder builder, int port)
    {
        // On the host of the first address; whoever starts the service may have put it among them already.
        if (builder.Configuration["urls"]?.Split(';') is not [{ Length: > 0 } first, ..] urls || urls.Any(url => BindingAddress.Parse(url).Port == port)) return;
        builder.WebHost.UseUrls([.. urls, $"http://{BindingAddress.Parse(first).Host}:{port}"]);
    }

    private static int? PortOf(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65_536
            ? port
            : throw new InvalidOperationException($"Grpc:Port is '{text}'. Give a port from 1 to 65535.");
    }
}
