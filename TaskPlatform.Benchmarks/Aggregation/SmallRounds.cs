using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Benchmarks.Aggregation;

/// <summary>Whole rounds of eight real nodes; each one's sum is checked. The journal's sync is left out: it is the disk's time.</summary>
internal static class SmallRounds
{
    private const int Nodes = 8;
    private const int Lanes = 258;
    private const int WarmUp = 20;

    /// <summary>Times in milliseconds, bytes of one node.</summary>
    public sealed record Figures(double NodeMedian, double NodeP95, double AggregatorMedian, int Sent, int Received);

    public static Figures Measure(ICipherSuite suite, int rounds)
    {
        var bench = new Bench(suite, Nodes, Lanes);
        var seats = bench.Identities.Select((identity, node) => new NodeSeat(
            bench.Terms, Bench.NameOf(node), identity, new Unwritten(), NoNoise.Instance, SystemEntropy.Instance)).ToArray();
        var figures = Enumerable.Range(0, Lanes).Select(lane => (uint)lane).ToArray();
        for (var i = 0; i < WarmUp; i++) Run(bench, seats, figures, (ulong)i + 1);
        var runs = Enumerable.Range(1, rounds).Select(i => Run(bench, seats, figures, (ulong)(WarmUp + i))).ToArray();

        var nodes = runs.Select(run => 1000 * run.Nodes / Nodes).Order().ToArray();
        var aggregator = runs.Select(run => 1000 * run.Aggregator).Order().ToArray();
        return new Figures(nodes[rounds / 2], nodes[rounds * 95 / 100], aggregator[rounds / 2], runs[^1].Sent, runs[^1].Received);
    }

    private static (double Nodes, double Aggregator, int Sent, int Received) Run(Bench bench, NodeSeat[] seats, uint[] figures, ulong number)
    {
        double inNodes = 0, inAggregator = -Bench.Processor;
        int sent = 0, received = 0;
        using var aggregator = new AggregatorRound(bench.Terms, number);
        var nodes = seats.Select(seat => new NodeRound(seat, figures)).ToArray();
        IReadOnlyDictionary<string, byte[]> pending = Enumerable.Range(0, Nodes).ToDictionary(Bench.NameOf, _ => aggregator.Offer);
        inAggregator += Bench.Processor;
        while (aggregator.Stage < RoundStage.Done)
        {
            inNodes -= Bench.Processor;
            var replies = pending.ToDictionary(entry => entry.Key, entry => nodes[bench.Terms.Roster.IndexOf(entry.Key)].Receive(entry.Value).Reply!);
            inNodes += Bench.Processor;
            sent += replies[Bench.NameOf(0)].Length;
            received += pending[Bench.NameOf(0)].Length;
            inAggregator -= Bench.Processor;
            foreach (var (name, reply) in replies) aggregator.Receive(name, reply);
            pending = aggregator.Close();
            inAggregator += Bench.Processor;
        }
        if (!aggregator.Sum!.Lanes.SequenceEqual(figures.Select(figure => figure * Nodes))) throw new InvalidOperationException("A wrong sum.");
        foreach (var node in nodes) node.Dispose();
        return (inNodes, inAggregator, sent, received);
    }

    /// <summary>Remembers, and writes nothing.</summary>
    private sealed class Unwritten : IRoundJournal
    {
        public bool TryJoin(ulong round) => true;

        public bool TryAnswer(ulong round) => true;
    }
}
