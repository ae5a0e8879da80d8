using Microsoft.AspNetCore.Server.Kestrel.Core;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Api.Federation;

/// <summary>The address for other members (<c>Federation:PeerPort</c>), beside those for everybody; there is none where the node is in no federation.</summary>
internal sealed class MemberPort
{
    private readonly int _port;
    private readonly FederationFile _file;
    private readonly MemberKeys _keys;

    private MemberPort(int port, FederationFile file, MemberKeys keys) => (_port, _file, _keys) = (port, file, keys);

    /// <summary>Adds it to the addresses of the service. What is missing in the settings their rules say at the start.</summary>
    /// <exception cref="MembershipException">The federation file or the keys are wrong.</exception>
    public static MemberPort? Add(WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(FederationNodeOptions.Section).Get<FederationNodeOptions>();
        if (options is not { Enabled: true, File: { Length: > 0 } path, Keys: { Length: > 0 } folder }) return null;
        var (file, keys) = (FederationFile.Load(path), MemberKeys.Load(folder));
        var host = file.OwnerOf(keys).Address.IsLoopback ? "127.0.0.1" : "*";
        // As one of the addresses: those that Kestrel is told in code would take the others' place.
        builder.WebHost.UseUrls([.. UrlsOf(builder.Configuration), $"https://{host}:{options.PeerPort}"]);
        return new MemberPort(options.PeerPort, file, keys);
    }

    /// <summary>Members alone on its port.</summary>
    public void Set(ListenOptions address)
    {
        if (address.IPEndPoint?.Port == _port) address.UseFederation(_file, _keys);
    }

    /// <summary>Where the service listens by now; images of the platform say so by ports.</summary>
    private static string[] UrlsOf(IConfiguration configuration)
    {
        if (configuration["urls"] is { Length: > 0 } urls) return urls.Split(';');
        if (configuration["http_ports"] is { Length: > 0 } ports) return [.. ports.Split(';').Select(port => $"http://*:{port}")];
        return [KestrelSettings.DefaultUrl];
    }
}
