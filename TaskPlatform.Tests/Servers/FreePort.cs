using System.Net;
using System.Net.Sockets;

namespace TaskPlatform.Tests.Servers;

/// <summary>
/// A free loopback port below the range from which systems give outgoing connections theirs (Linux: from 32768). A port of that range
/// could be taken by anybody's connection while a killed server is away, and its restart would fail.
/// </summary>
public static class FreePort
{
    private const int First = 20_000;
    private const int End = 32_000;

    // Counting on from a random start: no port is given twice by one process, and two processes hardly meet.
    private static int last = Random.Shared.Next(End - First);

    public static int Next()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref last) % (End - First));
            if (IsFree(port)) return port;
        }
        throw new InvalidOperationException($"No free port found between {First} and {End}.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
