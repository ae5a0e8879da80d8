using System.Collections.Frozen;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Schema;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Membership;

/// <summary>
/// Who belongs to a federation and what they have agreed on: <c>federation.json</c>. Each member has its copy from its own operator, never from the aggregator.
/// It never changes while a process runs; whoever is not in it is a stranger.
/// </summary>
public sealed class FederationFile
{
    private readonly FrozenDictionary<string, FederationMember> _members;

    internal FederationFile(FederationMember aggregator, IReadOnlyList<FederationMember> nodes)
    {
        (Aggregator, Nodes) = (aggregator, nodes);
        _members = nodes.Append(aggregator).ToFrozenDictionary(member => member.Id, StringComparer.Ordinal);
    }

    /// <summary>The federation's name, 1 to 64 characters.</summary>
    public required string FederationId { get; init; }

    /// <summary>The number of this list of members, from 1: a changed list has a higher one.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>The primitives of rounds.</summary>
    public required ICipherSuite Suite { get; init; }

    /// <summary>The noise of a sum, as a standard deviation; above nought.</summary>
    public required double Sigma { get; init; }

    /// <summary>What each figure of a node is cut to.</summary>
    public required uint Clip { get; init; }

    /// <summary>A sum of fewer nodes is never opened. Six is the design's; three is the least, and weaker: two that collude with the aggregator see the third.</summary>
    public required int MinimumCohort { get; init; }

    /// <summary>How often a round begins: a tenth of a second to a day.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>What nodes tell.</summary>
    public required SummarySchema Schema { get; init; }

    /// <summary>The one that adds up.</summary>
    public FederationMember Aggregator { get; }

    /// <summary>Those that work, in the file's order.</summary>
    public IReadOnlyList<FederationMember> Nodes { get; }

    /// <summary>The aggregator and all nodes.</summary>
    public IEnumerable<FederationMember> Members => Nodes.Prepend(Aggregator);

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="MembershipException">It cannot be read, or something in it is wrong: all that is wrong is named.</exception>
    public static FederationFile Load(string path)
    {
        try
        {
            return FederationFileReader.Read(path, File.ReadAllBytes(path));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new MembershipException(path, $"The federation file cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>The terms of its rounds. Disposing of the roster is the caller's.</summary>
    public RoundTerms Terms() => RoundTerms.Create(
        Schema.Lanes, Suite, FederationId, Epoch, new Roster(Nodes.Select(node => new RosterMember(node.Id, node.IdentityKey))), Sigma, Clip,
        new RoundRules { MinimumCohort = MinimumCohort });

    /// <summary>The member of this name: the aggregator or a node. Null for strangers.</summary>
    public FederationMember? Find(string id) => _members.GetValueOrDefault(id);

    /// <summary>Whose keys these are.</summary>
    /// <exception cref="MembershipException">Nobody's of this file, or the member has another sealing key there.</exception>
    public FederationMember OwnerOf(MemberKeys keys)
    {
        var owner = Members.FirstOrDefault(member => member.IdentityKey.AsSpan().SequenceEqual(keys.Identity.PublicKey))
            ?? throw new MembershipException(keys.Folder, $"{MemberKeys.IdentityFile} is the key of no member of federation '{FederationId}', epoch {Epoch}.");
        keys.EnsureBelongTo(owner);
        return owner;
    }
}
