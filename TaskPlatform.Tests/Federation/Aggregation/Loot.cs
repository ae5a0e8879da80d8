using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>
/// What an aggregator has got out of honest nodes. A node's vector lies bare once both its seed and its masking key are open: the seed takes its own mask off, the
/// key all those of its pairs. Colluding nodes would add a share of each kind.
/// </summary>
internal sealed class Loot(RoundRig rig)
{
    private readonly Dictionary<int, HashSet<int>> _seedShares = [];
    private readonly Dictionary<int, HashSet<int>> _keyShares = [];

    /// <summary>Takes a node's shares.</summary>
    /// <param name="holder">The node.</param>
    /// <param name="reply">Its message; others than shares, and none, are worth nothing.</param>
    /// <param name="told">The survivors as this node was told them: they decide which kind its shares are.</param>
    public void Take(int holder, byte[]? reply, IEnumerable<int> told)
    {
        if (reply is null || MessageFrame.KindOf(reply) != MessageKind.UnmaskShares) return;
        var survivors = told.ToHashSet();
        foreach (var node in MessageFrame.Read<UnmaskShares>(reply, rig.Terms.Shape).Shares.Nodes)
        {
            var shares = survivors.Contains(node) ? _seedShares : _keyShares;
            if (!shares.TryGetValue(node, out var holders)) shares.Add(node, holders = []);
            holders.Add(holder);
        }
    }

    public int SeedShares(int node) => _seedShares.GetValueOrDefault(node)?.Count ?? 0;

    public int KeyShares(int node) => _keyShares.GetValueOrDefault(node)?.Count ?? 0;

    /// <summary>Whether so many colluders could open both secrets of a node together with what was got.</summary>
    public bool BaresWith(int colluders, int node)
    {
        var threshold = rig.Terms.Graph.Threshold;
        return SeedShares(node) + colluders >= threshold && KeyShares(node) + colluders >= threshold;
    }

    public void AssertNothingIsBare(int colluders = 2) =>
        Assert.All(Enumerable.Range(0, rig.Seats.Length), node => Assert.False(BaresWith(colluders, node), $"Node {node} lies bare."));
}
