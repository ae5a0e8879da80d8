using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>One round, stage by stage. What each side sends is kept, and counted.</summary>
internal sealed class RoundRun : IDisposable
{
    private readonly RoundRig _rig;

    public RoundRun(RoundRig rig, uint[][] figures, ulong round)
    {
        _rig = rig;
        Figures = figures;
        Aggregator = new AggregatorRound(rig.Terms, round);
        Nodes = [.. rig.Seats.Select((seat, node) => new NodeRound(seat, figures[node]))];
        Pending = Enumerable.Range(0, Nodes.Length).ToDictionary(RoundRig.NameOf, _ => Aggregator.Offer);
        Received = new int[Nodes.Length];
        Sent = new int[Nodes.Length];
    }

    public AggregatorRound Aggregator { get; }

    public NodeRound[] Nodes { get; }

    public uint[][] Figures { get; }

    /// <summary>What the aggregator wants to send next, by node.</summary>
    public IReadOnlyDictionary<string, byte[]> Pending { get; private set; }

    /// <summary>How each node that ended its round did so.</summary>
    public Dictionary<int, Abort> NodeAborts { get; } = [];

    /// <summary>The nodes' answers of each stage.</summary>
    public List<Dictionary<int, byte[]>> Transcript { get; } = [];

    /// <summary>Bytes, by node.</summary>
    public int[] Received { get; }

    /// <summary>Bytes, by node.</summary>
    public int[] Sent { get; }

    /// <summary>Hands out the pending messages and the answers back, and closes the stage.</summary>
    /// <param name="answers">Which nodes are still there.</param>
    public void Step(Func<int, bool>? answers = null)
    {
        var stage = new Dictionary<int, byte[]>();
        foreach (var (name, message) in Pending)
        {
            var node = _rig.Roster.IndexOf(name);
            if (answers?.Invoke(node) == false) continue;
            if (Deliver(node, message) is not { } reply) continue;
            Assert.Null(Aggregator.Receive(name, reply));
            stage.Add(node, reply);
        }
        Transcript.Add(stage);
        Continue();
    }

    /// <summary>Closes the stage with what has arrived.</summary>
    public void Continue() => Pending = Aggregator.Close();

    /// <summary>The node's answer, or null when it ended its round.</summary>
    public byte[]? Deliver(int node, byte[] message)
    {
        Received[node] += message.Length;
        var answer = Nodes[node].Receive(message);
        if (answer.Abort is not null) NodeAborts.TryAdd(node, answer.Abort);
        Sent[node] += answer.Reply?.Length ?? 0;
        return answer.Reply;
    }

    /// <summary>All stages that are left. A node that is lost at a stage receives its message no more; 5 is never.</summary>
    public RoundRun Finish(IReadOnlyList<int>? lostAt = null)
    {
        while (Aggregator.Stage < RoundStage.Done)
        {
            var stage = (int)Aggregator.Stage;
            Step(node => lostAt is null || lostAt[node] > stage);
        }
        return this;
    }

    /// <summary>What the sum must be, of those whose input arrived.</summary>
    public uint[] ExpectedSum(Func<int, bool> isIn)
    {
        var sum = new uint[_rig.Terms.Schema.LaneCount];
        for (var node = 0; node < Figures.Length; node++)
        {
            if (!isIn(node)) continue;
            for (var lane = 0; lane < sum.Length; lane++) sum[lane] += Math.Min(Figures[node][lane], _rig.Terms.Clip);
        }
        return sum;
    }

    public void Dispose()
    {
        foreach (var node in Nodes) node.Dispose();
        Aggregator.Dispose();
    }
}
