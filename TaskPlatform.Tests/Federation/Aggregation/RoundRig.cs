using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Schema;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Tests.Federation.Aggregation;

/// <summary>A federation of real nodes and a real aggregator in one thread: bytes are handed from one to the other.</summary>
internal sealed class RoundRig : IDisposable
{
    /// <summary>The same in every run, so that a round of seeded secrets is the same too, whose session depends on the roster.</summary>
    private static readonly ConcurrentDictionary<int, IdentityKey> Identities = [];

    public RoundRig(
        int nodes, ICipherSuite? suite = null, int lanes = 12, RoundRules? rules = null, double sigma = 0, uint clip = 1_000_000,
        INoise? noise = null, Func<int, IEntropy>? entropy = null)
    {
        Roster = new Roster(Enumerable.Range(0, nodes).Select(node => new RosterMember(NameOf(node), IdentityOf(node).PublicKey)));
        Terms = RoundTerms.Create(SchemaOf(lanes), suite ?? CipherSuites.X25519, "lab", epoch: 3, Roster, sigma, clip, rules);
        Seats =
        [
            .. Enumerable.Range(0, nodes).Select(node => new NodeSeat(
                Terms, NameOf(node), IdentityOf(node), new MemoryJournal(), noise ?? NoNoise.Instance, entropy?.Invoke(node) ?? SystemEntropy.Instance)),
        ];
    }

    public Roster Roster { get; }

    public RoundTerms Terms { get; }

    public NodeSeat[] Seats { get; }

    public static string NameOf(int node) => $"node-{node:D4}";

    public static IdentityKey IdentityOf(int node) => Identities.GetOrAdd(node, _ => new IdentityKey(ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256, D = SHA256.HashData(Encoding.UTF8.GetBytes(NameOf(node))),
    })));

    public static LaneSchema SchemaOf(int lanes) => new(1, 0, lanes, new byte[32]);

    /// <summary>Figures that depend on nothing but the seed.</summary>
    public uint[][] Figures(int seed, int below = 1000)
    {
        var random = new Random(seed);
        return [.. Seats.Select(_ => Enumerable.Range(0, Terms.Schema.LaneCount).Select(_ => (uint)random.Next(below)).ToArray())];
    }

    public RoundRun Start(uint[][] figures, ulong round = 1) => new(this, figures, round);

    public void Dispose() => Roster.Dispose();
}

/// <summary>What a node remembers, for as long as the test runs.</summary>
internal sealed class MemoryJournal : IRoundJournal
{
    private ulong? _joined;
    private bool _answered;

    public bool TryJoin(ulong round)
    {
        if (round <= _joined) return false;
        (_joined, _answered) = (round, false);
        return true;
    }

    public bool TryAnswer(ulong round)
    {
        if (_joined != round || _answered) return false;
        return _answered = true;
    }
}
