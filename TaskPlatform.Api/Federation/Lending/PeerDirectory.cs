using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Sealing;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>The other nodes of the federation, and boxes for them and from them.</summary>
/// <param name="file">Who is admitted.</param>
/// <param name="keys">This node's.</param>
internal sealed class PeerDirectory(FederationFile file, MemberKeys keys)
{
    private readonly string _self = file.OwnerOf(keys).Id;
    private readonly Lock _gate = new();

    public FederationFile File => file;

    /// <summary>All nodes but this one.</summary>
    public IReadOnlyList<FederationMember> Peers { get; } = [.. file.Nodes.Where(node => !node.IdentityKey.AsSpan().SequenceEqual(keys.Identity.PublicKey))];

    /// <summary>The peer of that name; null: none is admitted, or it is no node.</summary>
    public FederationMember? Find(string id) => Peers.FirstOrDefault(peer => peer.Id == id);

    /// <summary>Seals for a peer.</summary>
    public byte[] Seal(FederationMember peer, string purpose, ReadOnlySpan<byte> plaintext)
        => SealedBox.Seal(plaintext, peer.SealingKey, new BoxPlace(_self, peer.Id, purpose));

    /// <summary>Opens what a peer has sealed for this node.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It is no box of that peer for this node and purpose.</exception>
    public byte[] Open(FederationMember peer, string purpose, ReadOnlySpan<byte> box)
    {
        // A key of the platform is not promised to serve several threads at once.
        lock (_gate) return SealedBox.Open(box, keys.Sealing, new BoxPlace(peer.Id, _self, purpose));
    }
}
