using System.Net;
using System.Net.Sockets;

namespace TaskPlatform.AppHost;

/// <summary>Ports for what has no proxy before it: its own port must be known before it starts.</summary>
internal static class FreePort
{
    // Below the range from which systems take ports for outgoing connections, or one of those could have it while a process is being restarted.
    private const int First = 20_000;
    private const int End = 32_000;

    private static readonly HashSet<int> Given = [];

    /// <summary>Whether the application keeps off its usual ports, as it does in tests.</summary>
    public static bool IsWanted(IDistributedApplicationBuilder builder) =>
        bool.TryParse(builder.Configuration["DcpPublisher:RandomizePorts"], out var random) && random;

    /// <summary>A port of the loopback address on which nobody listens, and that was not given to anybody else in this process.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            lock (Given)
                if (!Given.Add(port)) continue;
            if (IsFree(port)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
