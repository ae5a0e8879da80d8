using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Sharing;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Benchmarks.Aggregation;

/// <summary>
/// The real aggregator of a round of very many nodes. The nodes do only what the aggregator can tell: real keys, signatures and shares of real secrets; what they
/// seal for each other and their masked inputs are random bytes, which costs the aggregator the same. So the sum says nothing here: the tests check sums.
/// </summary>
internal sealed class LargeRound : IDisposable
{
    private readonly Bench _bench;
    private readonly AggregatorRound _aggregator;
    private readonly Node[] _nodes;
    private readonly int _lost;
    private readonly List<(string Stage, double Seconds)> _stages = [];

    private byte[] _session = [];
    private ShareGraph _graph = null!;
    private readonly NodeSet _all;

    private LargeRound(ICipherSuite suite, int nodes, int lanes, int lost, bool complete)
    {
        _bench = new Bench(suite, nodes, lanes, complete ? new RoundRules { CompleteUpTo = Roster.MaxMembers } : new RoundRules());
        _aggregator = new AggregatorRound(_bench.Terms, 1);
        _nodes = [.. Enumerable.Range(0, nodes).Select(_ => new Node(suite))];
        _lost = lost;
        _all = NodeSet.Of(nodes, Enumerable.Range(0, nodes));
    }

    /// <summary>What was found. Times are processor seconds.</summary>
    public sealed record Figures(int Lost, int Degree, int Threshold, IReadOnlyList<(string Stage, double Seconds)> Stages);

    public static Figures Measure(ICipherSuite suite, int nodes, int lanes, int lost, bool complete)
    {
        using var round = new LargeRound(suite, nodes, lanes, lost, complete);
        return round.Run();
    }

    public void Dispose() => _aggregator.Dispose();

    private Figures Run()
    {
        Stage("keys", _all, Keys);
        Stage("shares", _all, Shares);
        var survivors = NodeSet.Of(_nodes.Length, _all.Members.Where(node => node >= _lost));
        Stage("inputs", survivors, _ => new MaskedInput(_session, RandomLanes()));
        var statement = Statements.Survivors(_session, _all, survivors);
        Stage("signatures", survivors, node => new SurvivorSignature(_session, _bench.Identities[node].Sign(statement)));
        Stage("unmasking", survivors, node => new UnmaskShares(_session, NodeRows.From(Shamir.ShareBytes, Due(node, survivors))));
        if (_aggregator.Sum is null) throw new InvalidOperationException(_aggregator.Abort?.Detail);
        var graph = _bench.Terms.Graph;
        return new Figures(_lost, graph.Degree, graph.Threshold, _stages);
    }

    /// <summary>Messages are made one at a time: only what the aggregator does with them is timed.</summary>
    private void Stage(string name, NodeSet nodes, Func<int, IMessage> answer)
    {
        double seconds = 0;
        foreach (var node in nodes.Members)
        {
            var message = MessageFrame.Write(answer(node));
            var before = Bench.Processor;
            if (_aggregator.Receive(Bench.NameOf(node), message) is { } refused) throw new InvalidOperationException(refused.Detail);
            seconds += Bench.Processor - before;
        }
        var start = Bench.Processor;
        var pending = _aggregator.Close();
        _stages.Add((name, seconds + Bench.Processor - start));
        if (name == "keys") Begin(pending.Values.First());
    }

    private KeyAnnouncement Keys(int node)
    {
        var hash = _bench.Terms.Header(1).Hash();
        var keys = new RoundKeys(_nodes[node].Sealing.PublicKey, _nodes[node].Masking.PublicKey, []);
        return new KeyAnnouncement(hash, keys with { Signature = _bench.Identities[node].Sign(Statements.Keys(hash, node, keys)) });
    }

    private void Begin(byte[] keyList)
    {
        var keys = MessageFrame.Read<KeyList>(keyList, _bench.Terms.Shape).Keys;
        _session = Statements.Session(_bench.Terms.Header(1).Hash(), keys);
        _graph = new ShareGraph(_bench.Terms.Graph, _session, _all);
    }

    private ShareBundle Shares(int node)
    {
        var holders = _graph.HoldersOf(node);
        var threshold = _bench.Terms.Graph.Threshold;
        _nodes[node].SeedShares = holders.Zip(Shamir.Split(_nodes[node].Seed, threshold, holders, SystemEntropy.Instance)).ToDictionary();
        _nodes[node].KeyShares = holders.Zip(Shamir.Split(_nodes[node].Masking.Export(), threshold, holders, SystemEntropy.Instance)).ToDictionary();
        var rows = NodeRows.From(SealedShares.Bytes, _graph.NeighboursOf(node).Select(to => (to, (ReadOnlyMemory<byte>)RandomNumberGenerator.GetBytes(SealedShares.Bytes))));
        return new ShareBundle(_session, Statements.SeedCommitment(_session, node, _nodes[node].Seed), rows);
    }

    /// <summary>The shares that a node holds of others, of the kind that is due.</summary>
    private IEnumerable<(int, ReadOnlyMemory<byte>)> Due(int holder, NodeSet survivors) =>
        _graph.NeighboursOf(holder).Concat(_graph.HoldersOf(holder).Where(node => node == holder)).Select(node =>
            (node, (ReadOnlyMemory<byte>)(survivors.Contains(node) ? _nodes[node].SeedShares : _nodes[node].KeyShares)[holder]));

    private uint[] RandomLanes()
    {
        var lanes = new uint[_bench.Terms.Schema.LaneCount];
        RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(lanes.AsSpan()));
        return lanes;
    }

    private sealed class Node(ICipherSuite suite)
    {
        public IPrivateKey Sealing { get; } = suite.Generate(SystemEntropy.Instance);

        public IPrivateKey Masking { get; } = suite.Generate(SystemEntropy.Instance);

        public byte[] Seed { get; } = RandomNumberGenerator.GetBytes(Shamir.SecretBytes);

        public Dictionary<int, byte[]> SeedShares { get; set; } = [];

        public Dictionary<int, byte[]> KeyShares { get; set; } = [];
    }
}
