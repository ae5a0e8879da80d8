using System.Collections.Concurrent;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>One client for each peer: connections stay open between calls.</summary>
internal sealed class PeerConnections(FederationFile file, MemberKeys keys, TimeProvider time) : IDisposable
{
    // A peer that does not answer at once has no room to speak of, and the task may as well wait here.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, HttpClient> _clients = new(StringComparer.Ordinal);

    public HttpClient To(FederationMember peer) => _clients.GetOrAdd(peer.Id, _ =>
    {
        var client = FederationHttp.Create(file, keys, peer, time, PeerRoutes.MaxBoxBytes);
        client.Timeout = Patience;
        return client;
    });

    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
    }
}
