using TaskPlatform.Api.Endpoints;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Api.Federation;

/// <summary>Who this node is in the federation, and who the others are.</summary>
/// <param name="File">The federation file.</param>
/// <param name="Keys">This node's keys.</param>
internal sealed record NodeMembership(FederationFile File, MemberKeys Keys)
{
    /// <summary>Reads what the settings name.</summary>
    /// <exception cref="MembershipException">The file or a key is wrong, or they are not this node's.</exception>
    public static NodeMembership Load(FederationNodeOptions options)
    {
        var (file, keys) = (FederationFile.Load(options.File!), MemberKeys.Load(options.Keys!));
        keys.EnsureBelongTo(file.Find(options.NodeId!) ?? throw new MembershipException(options.File!, $"nodes: there is no '{options.NodeId}', which Federation:NodeId names."));
        return new NodeMembership(file, keys);
    }

    /// <summary>Reads it and adds the address for members; null where the node is in no federation, or settings are missing: their rules say so at the start.</summary>
    /// <exception cref="MembershipException">The file or a key is wrong, or they are not this node's.</exception>
    public static MemberPort? AddPort(WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(FederationNodeOptions.Section).Get<FederationNodeOptions>();
        if (options is not { Enabled: true, NodeId.Length: > 0, File.Length: > 0, Keys.Length: > 0 }) return null;
        var membership = Load(options);
        builder.Services.AddSingleton(membership);
        return MemberPort.Add(builder.WebHost, UrlsOf(builder.Configuration), options.PeerPort, membership.File, membership.Keys);
    }

    /// <summary>Where the service listens by now; images of the platform say so by ports.</summary>
    private static string[] UrlsOf(IConfiguration configuration)
    {
        if (configuration["urls"] is { Length: > 0 } urls) return urls.Split(';');
        if (configuration["http_ports"] is { Length: > 0 } ports) return [.. ports.Split(';').Select(port => $"http://*:{port}")];
        return [KestrelSettings.DefaultUrl];
    }
}
