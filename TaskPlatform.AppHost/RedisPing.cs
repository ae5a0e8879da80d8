using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskPlatform.AppHost;

/// <summary>Calls a Redis process healthy once it answers PING. The stand-in does this by itself for endpoints of scheme redis.</summary>
internal sealed class RedisPing(int port) : IHealthCheck
{
    /// <summary>Adds the check to the server that listens on <paramref name="port"/>.</summary>
    public static void Check(IResourceBuilder<ExecutableResource> server, int port)
    {
        var key = $"{server.Resource.Name}-ping";
        server.ApplicationBuilder.Services.AddHealthChecks().AddCheck(key, new RedisPing(port));
        server.WithHealthCheck(key);
    }

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), cancellationToken);
            using var reader = new StreamReader(client.GetStream());
            var answer = await reader.ReadLineAsync(cancellationToken);
            return answer is "+PONG" ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"PING is answered with '{answer}'.");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return HealthCheckResult.Unhealthy(e.Message);
        }
    }
}
