using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Schema;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Benchmarks.Aggregation;

/// <summary>A federation to measure: identities, roster and terms.</summary>
internal sealed class Bench
{
    public Bench(ICipherSuite suite, int nodes, int lanes, RoundRules? rules = null)
    {
        Identities = [.. Enumerable.Range(0, nodes).Select(_ => IdentityKey.Generate())];
        var roster = new Roster(Identities.Select((identity, node) => new RosterMember(NameOf(node), identity.PublicKey)));
        Terms = RoundTerms.Create(new LaneSchema(1, 0, lanes, new byte[32]), suite, "bench", epoch: 1, roster, sigma: 0, clip: 1_000_000, rules);
    }

    public IdentityKey[] Identities { get; }

    public RoundTerms Terms { get; }

    /// <summary>In ordinal order as in number.</summary>
    public static string NameOf(int node) => $"node-{node:D5}";

    /// <summary>Processor time of the whole process in seconds: one thread works.</summary>
    public static double Processor => Environment.CpuUsage.TotalTime.TotalSeconds;
}
