using System.Security.Cryptography;
using TaskPlatform.Federation.Protocol.Messages;
using TaskPlatform.Federation.Protocol.Schema;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Federation.Protocol.Rounds;

/// <summary>
/// What nodes and aggregator have agreed on beforehand. Each has its own copy from its own configuration; a round whose header says anything else is refused.
/// </summary>
public sealed record RoundTerms
{
    /// <summary>Of names of nodes and federations, in characters; UTF-8 makes at most 255 bytes of them.</summary>
    internal const int MaxNameLength = 64;

    /// <summary>How many standard deviations of noise the lanes leave room for.</summary>
    private const double NoiseRoom = 8;

    private RoundTerms(LaneSchema schema, ICipherSuite suite, string federationId, ulong epoch, Roster roster, double sigma, uint clip, RoundRules rules)
    {
        (Schema, Suite, FederationId, Epoch, Roster, Sigma, Clip, Rules) = (schema, suite, federationId, epoch, roster, sigma, clip, rules);
        Graph = rules.For(roster.Count);
    }

    /// <summary>The lanes.</summary>
    public LaneSchema Schema { get; }

    /// <summary>The primitives.</summary>
    public ICipherSuite Suite { get; }

    /// <summary>The federation's name.</summary>
    public string FederationId { get; }

    /// <summary>The number of the roster.</summary>
    public ulong Epoch { get; }

    /// <summary>The admitted nodes.</summary>
    public Roster Roster { get; }

    /// <summary>The noise of the sum, as a standard deviation: see <see cref="RoundHeader.Sigma"/>.</summary>
    public double Sigma { get; }

    /// <summary>What each lane of a node is cut to.</summary>
    public uint Clip { get; }

    /// <summary>How many may be lost or collude.</summary>
    public RoundRules Rules { get; }

    /// <summary>What the rules come to for this roster.</summary>
    public GraphParameters Graph { get; }

    /// <summary>Every node's own noise: σ / √h, where h of the survivors are taken to be honest.</summary>
    public double SigmaPerNode => Sigma / Math.Sqrt(Graph.HonestSurvivors);

    internal WireShape Shape => new(Roster.Count, Suite.PublicKeyBytes, Schema.LaneCount);

    /// <summary>Checks that rounds on these terms can work.</summary>
    /// <exception cref="ArgumentException">
    /// A name, σ or schema out of range, a roster below the minimum cohort, or sums that could leave the lanes: n · clip + 8 σ must stay below 2³¹, σ being
    /// that of all nodes' noise together.
    /// </exception>
    public static RoundTerms Create(
        LaneSchema schema, ICipherSuite suite, string federationId, ulong epoch, Roster roster, double sigma, uint clip, RoundRules? rules = null)
    {
        if (federationId.Length is 0 or > MaxNameLength) throw new ArgumentException("A federation's name has 1 to 64 characters.", nameof(federationId));
        if (schema.LaneCount is < 1 or > LaneSchema.MaxLanes) throw new ArgumentException($"A schema has 1 to {LaneSchema.MaxLanes} lanes.", nameof(schema));
        if (!double.IsFinite(sigma) || sigma < 0) throw new ArgumentException("σ is a number from nought on.", nameof(sigma));
        var terms = new RoundTerms(schema, suite, federationId, epoch, roster, sigma, clip, rules ?? new RoundRules());
        if (roster.Count < terms.Graph.Cohort) throw new ArgumentException($"The roster is below the minimum cohort of {terms.Graph.Cohort}.", nameof(roster));
        var largest = (double)roster.Count * clip + NoiseRoom * terms.SigmaPerNode * Math.Sqrt(roster.Count);
        if (!(largest < int.MaxValue)) throw new ArgumentException("n · clip + 8 σ does not fit into a lane: it must stay below 2³¹.", nameof(clip));
        return terms;
    }

    /// <summary>The header of a round on these terms.</summary>
    internal RoundHeader Header(ulong round) => new()
    {
        SchemaMajor = Schema.Major,
        SchemaMinor = Schema.Minor,
        SchemaHash = Schema.Hash,
        SuiteId = Suite.Id,
        FederationId = FederationId,
        Epoch = Epoch,
        Round = round,
        RosterHash = Roster.Hash,
        Sigma = Sigma,
        Clip = Clip,
    };

    /// <summary>Refuses a header that says anything other than these terms.</summary>
    internal void Check(RoundHeader header)
    {
        if (header.SchemaMajor != Schema.Major) throw Unsupported($"Schema {header.SchemaMajor} is not known here.");
        if (header.SuiteId != Suite.Id) throw Mismatch("suite");
        if (header.SchemaMinor != Schema.Minor || !Same(header.SchemaHash, Schema.Hash)) throw Mismatch("schema");
        if (!string.Equals(header.FederationId, FederationId, StringComparison.Ordinal)) throw Mismatch("federation");
        if (header.Epoch != Epoch) throw Mismatch("epoch");
        if (!Same(header.RosterHash, Roster.Hash)) throw Mismatch("roster");
        if (!header.Sigma.Equals(Sigma)) throw Mismatch("σ");
        if (header.Clip != Clip) throw Mismatch("clip");
    }

    private static bool Same(byte[] left, byte[] right) => CryptographicOperations.FixedTimeEquals(left, right);

    private static AbortException Unsupported(string detail) => new(AbortReason.UnsupportedVersion, detail);

    private static AbortException Mismatch(string field) => new(AbortReason.HeaderMismatch, $"The round's {field} is not the one agreed on.");
}
