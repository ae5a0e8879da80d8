using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Ports for members: TLS 1.3 with certificates on both sides, trusted by the keys of the federation file and by nothing else.</summary>
public static class FederationListening
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Listens on a port for members: on loopback if that is where the federation file has this member, else on all addresses. Kestrel then ignores the
    /// addresses of <c>urls</c>; a service that has those too makes one of them a port for members by <see cref="UseFederation"/>.
    /// </summary>
    /// <exception cref="MembershipException">The keys are those of no member, or the certificate is outside its dates.</exception>
    public static void ListenFederation(this KestrelServerOptions kestrel, int port, FederationFile file, MemberKeys keys)
    {
        var host = file.OwnerOf(keys).Address;
        if (!host.IsLoopback) kestrel.ListenAnyIP(port, address => address.UseFederation(file, keys));
        else if (IPAddress.TryParse(host.DnsSafeHost, out var ip)) kestrel.Listen(ip, port, address => address.UseFederation(file, keys));
        else kestrel.ListenLocalhost(port, address => address.UseFederation(file, keys));
    }

    /// <summary>Makes an address a port for members.</summary>
    /// <exception cref="MembershipException">The keys are those of no member, or the certificate is outside its dates.</exception>
    public static void UseFederation(this ListenOptions address, FederationFile file, MemberKeys keys)
    {
        var services = address.ApplicationServices;
        var port = new FederationPort(
            file, keys, services.GetService<TimeProvider>() ?? TimeProvider.System, services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(FederationListening).Namespace!));
        address.Protocols = HttpProtocols.Http1AndHttp2;
        address.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = port.Certificate,
            SslProtocols = SslProtocols.Tls13,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (certificate, _, _) => port.Admits(certificate),
            HandshakeTimeout = HandshakeTimeout,
        });
        address.Use(next => connection =>
        {
            connection.Features.Set(new FederationConnection(port));
            return next(connection);
        });
    }
}
