using System.Net;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Federation.Rounds;

/// <summary>The aggregator's port for members, beside those for everybody.</summary>
internal static class MemberPort
{
    /// <summary>Adds it: on loopback where that is the aggregator's address in the federation file, else on every address.</summary>
    public static void ListenForMembers(this ConfigureWebHostBuilder host, string urls, int port, FederationFile file, MemberKeys keys)
    {
        // As one of the addresses: those that Kestrel is told in code would take the others' place.
        var address = file.Aggregator.Address.IsLoopback ? "127.0.0.1" : "*";
        host.UseUrls($"{urls};https://{address}:{port}");
        host.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            if (endpoint.EndPoint is IPEndPoint { Port: var own } && own == port) endpoint.UseFederation(file, keys);
        }));
    }
}
