using System.Net.NetworkInformation;

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
            var taken = Taken().Concat(Given).ToHashSet();
            while (true)
            {
                var port = Random.Shared.Next(Lowest, Highest);
                if (taken.Contains(port)) continue;
                Given.Add(port);
                return port;
            }
        }
    }

    /// <summary>Whether nobody listens there, at any address.</summary>
    public static bool IsFree(int port) => !Taken().Contains(port);

    private static IEnumerable<int> Taken() =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port);
}
