using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Connections to one member, with this member's certificate; the other end must have the key that the federation file lists.</summary>
internal static class PinnedConnections
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(10);

    /// <summary>A handler without proxy, redirects and cookies: nothing that could lead elsewhere. Members are called directly.</summary>
    public static HttpMessageHandler To(PeerKey peer, X509Certificate2 own, TimeProvider time)
    {
        var refused = new RefusedCertificate();
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionIdleTimeout = IdleTimeout,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingDelay,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                ClientCertificateContext = SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true),
                RemoteCertificateValidationCallback = (_, certificate, _, _) => (refused.Last = WhatIsWrong(peer, certificate, time)) is null,
            },
        };
        return new ExplainingHandler(peer, refused, sockets);
    }

    private static TransportRefusal? WhatIsWrong(PeerKey peer, X509Certificate? certificate, TimeProvider time)
    {
        var (id, address) = (peer.Member.Id, peer.Member.Address);
        if (certificate is not X509Certificate2 shown) return new(TransportReason.CertificateUnlisted, $"{address} has shown no certificate.");
        if (!peer.IsOf(shown)) return new(TransportReason.CertificateUnlisted, $"{address} has shown '{shown.Subject}', over another key than the federation file lists for '{id}'.");
        return PeerKey.IsCurrent(shown, time.GetUtcNow())
            ? null
            : new(TransportReason.CertificateExpired, $"The certificate of '{id}' holds from {shown.NotBefore:u} to {shown.NotAfter:u}.");
    }

    private sealed class RefusedCertificate
    {
        public volatile TransportRefusal? Last;
    }

    /// <summary>Says why a connection was not made. What the platform says of TLS does not tell whose certificate was wrong.</summary>
    private sealed class ExplainingHandler(PeerKey peer, RefusedCertificate refused, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException failed) when (Explain(failed) is { } why)
            {
                throw new FederationTransportException(why.Reason, why.Detail, failed);
            }
        }

        /// <summary>The other end answered, and ended the connection before it was one: then the failure is that of the connection, within that of the request.</summary>
        private static bool HasBroken(HttpRequestException failed) =>
            failed.InnerException is HttpRequestException { HttpRequestError: not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError) };

        /// <summary>With TLS 1.3 the client has finished its part when its certificate is refused: it learns of that while it waits for the first frame.</summary>
        private TransportRefusal? Explain(HttpRequestException failed)
        {
            if (failed.HttpRequestError == HttpRequestError.SecureConnectionError && refused.Last is { } wrong) return wrong;
            if (failed.HttpRequestError is not (HttpRequestError.SecureConnectionError or HttpRequestError.InvalidResponse) && !HasBroken(failed)) return null;
            return new(
                TransportReason.CertificateUnlisted,
                $"'{peer.Member.Id}' at {peer.Member.Address} ended the connection: does its federation file list this member's key, and is this member's certificate within its dates? Its log tells.");
        }
    }
}
