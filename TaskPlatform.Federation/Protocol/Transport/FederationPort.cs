using System.Collections.Frozen;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using TaskPlatform.Federation.Protocol.Cooperation;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>What a port for members knows: who may come, and what it has seen of each.</summary>
internal sealed class FederationPort
{
    private readonly FrozenDictionary<string, Peer> _byKey;
    private readonly FederationFile _file;
    private readonly Lock _strangersLock = new();
    private TokenBucket _strangers;

    public FederationPort(FederationFile file, MemberKeys keys, TimeProvider time, ILogger logger)
    {
        Own = file.OwnerOf(keys);
        (_file, Time, Logger) = (file, time, logger);
        Certificate = keys.Certificate;
        _strangers = new TokenBucket(new ProbeRate(PerSecond: 1, Burst: 10), time.GetUtcNow().ToUnixTimeMilliseconds());
        Signer = new MessageSigner(Own.Id, keys.Identity, time);
        _byKey = file.Members.Where(member => member != Own)
            .Select(member => new Peer(new PeerKey(member), new FederationCaller(member.Id), new NonceCache(time, TransportLimits.NonceMemory, TransportLimits.NoncesPerMember)))
            .ToFrozenDictionary(peer => Convert.ToHexString(peer.Key.Member.IdentityKey), StringComparer.Ordinal);
        if (!PeerKey.IsCurrent(Certificate, time.GetUtcNow()))
        {
            throw new MembershipException(keys.Folder, $"{MemberKeys.CertificateFile} holds from {Certificate.NotBefore:u} to {Certificate.NotAfter:u}: make a new one over the same key.");
        }
    }

    /// <summary>The member whose port it is.</summary>
    public FederationMember Own { get; }

    public X509Certificate2 Certificate { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    /// <summary>Signs answers.</summary>
    public MessageSigner Signer { get; }

    /// <summary>The member with the key of this certificate; null for strangers, and for this member itself.</summary>
    public Peer? PeerOf(X509Certificate2 certificate) => _byKey.GetValueOrDefault(Convert.ToHexString(PeerKey.KeyOf(certificate)));

    /// <summary>Whether a connection may be made with this certificate: the key of a member, within its dates. Its issuer and its names do not matter.</summary>
    public bool Admits(X509Certificate2 certificate)
    {
        if (PeerOf(certificate) is not { } peer)
        {
            if (MayLogStranger()) Log.StrangerRefused(Logger, certificate.Subject, _file.FederationId, _file.Epoch);
            return false;
        }
        if (PeerKey.IsCurrent(certificate, Time.GetUtcNow())) return true;
        Log.ExpiredRefused(Logger, peer.Caller.Id, certificate.NotBefore, certificate.NotAfter);
        return false;
    }

    /// <summary>Anybody can come and be refused, so the log tells of one a second in the long run.</summary>
    private bool MayLogStranger()
    {
        lock (_strangersLock) return _strangers.TryTake(Time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <param name="Key">Checks its signatures.</param>
    /// <param name="Caller">What endpoints see.</param>
    /// <param name="Nonces">Those of its messages.</param>
    public sealed record Peer(PeerKey Key, FederationCaller Caller, NonceCache Nonces);
}

/// <summary>A connection at such a port: its feature is how a request knows that it did not come by another.</summary>
/// <param name="port">The port.</param>
internal sealed class FederationConnection(FederationPort port)
{
    private volatile X509Certificate2? _certificate;
    private FederationPort.Peer? _peer;

    public FederationPort Port => port;

    /// <summary>Whose connection it is. Looked up once; two requests at once find the same.</summary>
    public FederationPort.Peer? PeerOf(X509Certificate2 certificate)
    {
        if (!ReferenceEquals(_certificate, certificate)) (_peer, _certificate) = (port.PeerOf(certificate), certificate);
        return _peer;
    }
}
