using System.Net;
using System.Net.Sockets;

namespace TaskPlatform.LocalAspire.Running;

/// <summary>Finds ports on this machine.</summary>
internal static class Ports
{
    // Below the range from which systems take ports for outgoing connections, so that none is lost between choosing and listening.
    private const int Lowest = 15000;
    private const int Highest = 32000;

    private static readonly Lock Sync = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A port on which nobody listens and that was not given to anybody else in this process.</summary>
    public static int Free()
    {
        lock (Sync)
        {
            for (var tries = 0; tries < 1000; tries++)
            {
                var port = Random.Shared.Next(Lowest, Highest);
                if (IsFree(port) && Given.Add(port)) return port;
            }
        }
        throw new DistributedApplicationException($"No free port between {Lowest} and {Highest}.");
    }

    /// <summary>Whether the port can be listened on, on both of this machine's loopback addresses.</summary>
    public static bool IsFree(int port) => CanListen(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanListen(IPAddress.IPv6Loopback, port));

    private static bool CanListen(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.AddressNotAvailable; // no IPv6 on this machine: nobody can be in the way
        }
    }
}
