using Microsoft.Extensions.Options;
using TaskPlatform.Client.Federation;

namespace TaskPlatform.Federation;

/// <summary>
/// The nodes and their last summaries, in memory alone: after a restart each node registers and reports again within one period, and
/// older numbers would be stale anyway. Ages come from a monotonic clock, so that stepping the clock makes nobody stale.
/// </summary>
public sealed class NodeRegistry(IOptions<FederationOptions> options, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Node> nodes = new(StringComparer.Ordinal);

    /// <summary>Registers a node, or confirms one that is known.</summary>
    public RegisterOutcome Register(string nodeId)
    {
        lock (gate)
        {
            ForgetSilent();
            if (nodes.TryGetValue(nodeId, out var known))
            {
                nodes[nodeId] = known with { SeenAt = time.GetTimestamp() };
                return RegisterOutcome.Known;
            }
            if (nodes.Count >= options.Value.MaxNodes) return RegisterOutcome.Full;
            nodes[nodeId] = new Node(time.GetTimestamp(), null);
            return RegisterOutcome.Added;
        }
    }

    /// <summary>Replaces the node's numbers. False when the node is not registered.</summary>
    public bool Report(string nodeId, NodeSummary summary)
    {
        lock (gate)
        {
            if (!nodes.ContainsKey(nodeId)) return false;
            var now = time.GetTimestamp();
            nodes[nodeId] = new Node(now, new LastReport(now, summary));
            return true;
        }
    }

    /// <summary>The sums over fresh nodes, and every node's age.</summary>
    public FederationReport Merge()
    {
        lock (gate)
        {
            return SummaryMerge.Merge(
                [.. nodes.Values.Where(IsFresh).Select(node => node.Last!.Summary)],
                [.. nodes.Select(entry => AgeOf(entry.Key, entry.Value))]);
        }
    }

    private NodeAge AgeOf(string nodeId, Node node) => new()
    {
        NodeId = nodeId,
        AgeSeconds = node.Last is null ? null : Math.Round(SecondsSince(node.Last.At), 3),
        Stale = !IsFresh(node),
    };

    private bool IsFresh(Node node) => node.Last is not null && SecondsSince(node.Last.At) <= options.Value.StaleSeconds;

    private void ForgetSilent()
    {
        var silent = nodes.Where(entry => SecondsSince(entry.Value.SeenAt) > options.Value.ForgetSeconds).Select(entry => entry.Key);
        foreach (var nodeId in silent.ToList()) nodes.Remove(nodeId);
    }

    private double SecondsSince(long timestamp) => time.GetElapsedTime(timestamp).TotalSeconds;

    /// <param name="SeenAt">Timestamp of the last registration or report.</param>
    /// <param name="Last">Null until the first report.</param>
    private sealed record Node(long SeenAt, LastReport? Last);

    private sealed record LastReport(long At, NodeSummary Summary);
}

/// <summary>What became of a registration.</summary>
public enum RegisterOutcome { Added, Known, Full }
