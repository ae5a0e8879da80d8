using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>A node that is admitted to the federation.</summary>
/// <param name="Id">Its name, 1 to 64 characters.</param>
/// <param name="IdentityKey">Its public signing key: <see cref="Suites.IdentityKey.PublicKey"/>.</param>
public sealed record RosterMember(string Id, byte[] IdentityKey);

/// <summary>
/// The admitted nodes of an epoch, in ordinal order of their names; a node's place in it is its number in messages. Every node has it from its own
/// configuration, not from the aggregator.
/// </summary>
public sealed class Roster : IDisposable
{
    /// <summary>So many nodes at most.</summary>
    public const int MaxMembers = 10_000;

    private readonly RosterMember[] _members;
    private readonly ECDsa[] _keys;

    /// <summary>Checks names and keys.</summary>
    /// <exception cref="ArgumentException">None, too many, a name that is empty, too long or repeated, or a key that is no key or repeated.</exception>
    public Roster(IEnumerable<RosterMember> members)
    {
        _members = [.. members.OrderBy(member => member.Id, StringComparer.Ordinal)];
        if (_members.Length is 0 or > MaxMembers) throw new ArgumentException($"A roster has 1 to {MaxMembers} nodes.", nameof(members));
        if (_members.Any(member => member.Id.Length is 0 or > RoundTerms.MaxNameLength)) throw new ArgumentException("A node's name has 1 to 64 characters.", nameof(members));
        if (_members.DistinctBy(member => member.Id).Count() < _members.Length) throw new ArgumentException("A node stands twice in the roster.", nameof(members));
        if (_members.DistinctBy(member => Convert.ToHexString(member.IdentityKey)).Count() < _members.Length)
        {
            throw new ArgumentException("Two nodes of the roster have the same key.", nameof(members));
        }
        try
        {
            _keys = [.. _members.Select(member => IdentityKey.ImportPublic(member.IdentityKey))];
        }
        catch (CryptographicException wrong)
        {
            throw new ArgumentException("A node's key is no public key of P-256.", nameof(members), wrong);
        }
        Hash = SHA256.HashData(Describe().ToArray());
    }

    /// <summary>How many nodes.</summary>
    public int Count => _members.Length;

    /// <summary>Of all names and keys, 32 bytes.</summary>
    public byte[] Hash { get; }

    /// <summary>The nodes in order.</summary>
    public IReadOnlyList<RosterMember> Members => _members;

    /// <summary>The name at a place.</summary>
    public string IdOf(int node) => _members[node].Id;

    /// <summary>A node's place, or −1.</summary>
    public int IndexOf(string id) => Array.FindIndex(_members, member => string.Equals(member.Id, id, StringComparison.Ordinal));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _keys) key.Dispose();
    }

    internal bool Verify(int node, ReadOnlySpan<byte> statement, ReadOnlySpan<byte> signature) => IdentityKey.Verify(_keys[node], statement, signature);

    private MessageWriter Describe()
    {
        var writer = new MessageWriter().Text("fed/v1/roster").UInt32((uint)_members.Length);
        foreach (var member in _members) writer.Text(member.Id).Bytes(member.IdentityKey);
        return writer;
    }
}
