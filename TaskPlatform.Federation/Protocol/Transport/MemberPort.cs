using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>A service's address for members (<c>Federation:PeerPort</c>), beside those for everybody.</summary>
public sealed class MemberPort
{
    private readonly int _port;
    private readonly FederationFile _file;
    private readonly MemberKeys _keys;

    private MemberPort(int port, FederationFile file, MemberKeys keys) => (_port, _file, _keys) = (port, file, keys);

    /// <summary>Adds it to the addresses of the service: on loopback where that is the member's address in the federation file, else on every address.</summary>
    /// <param name="host">The service.</param>
    /// <param name="urls">Its other addresses.</param>
    /// <param name="port">The port.</param>
    /// <param name="file">The federation.</param>
    /// <param name="keys">The member's.</param>
    /// <exception cref="MembershipException">The keys are those of no member.</exception>
    public static MemberPort Add(IWebHostBuilder host, IEnumerable<string> urls, int port, FederationFile file, MemberKeys keys)
    {
        var address = file.OwnerOf(keys).Address.IsLoopback ? "127.0.0.1" : "*";
        // As one of the addresses: those that Kestrel is told in code would take the others' place.
        host.UseUrls([.. urls, $"https://{address}:{port}"]);
        return new MemberPort(port, file, keys);
    }

    /// <summary>Members alone on its port. To be called for each address of the service.</summary>
    public void Set(ListenOptions address)
    {
        if (address.IPEndPoint?.Port == _port) address.UseFederation(_file, _keys);
    }
}
