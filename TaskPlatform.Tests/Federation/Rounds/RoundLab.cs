using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Schema;
using TaskPlatform.Federation.Rounds;
using TaskPlatform.Tests.Federation.Membership;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Federation.Rounds;

/// <summary>A federation of so many nodes, with keys of its own, whose rounds follow one another without a pause unless a test says otherwise.</summary>
internal sealed class RoundLab : IDisposable
{
    private readonly MembershipFolder _folder;

    /// <param name="nodes">How many.</param>
    /// <param name="sigma">The noise that is agreed on; the file itself allows none that is nought.</param>
    /// <param name="stageSeconds">How long a stage waits for those that are lost.</param>
    /// <param name="periodSeconds">How often rounds begin.</param>
    public RoundLab(int nodes = 8, double sigma = 0, double stageSeconds = 20, double periodSeconds = 0.1)
    {
        _folder = new MembershipFolder(new NewFederation([.. Enumerable.Range(0, nodes).Select(node => (NameOf(node), new Uri($"https://127.0.0.1:{40_000 + node}")))])
        {
            Aggregator = new Uri($"https://127.0.0.1:{FreePort.Next()}"), PeriodSeconds = periodSeconds,
        });
        AggregatorKeys = _folder.Keys(NewFederation.AggregatorId);
        Keys = [.. Enumerable.Range(0, nodes).Select(node => _folder.Keys(NameOf(node)))];
        var agreed = File.Terms();
        Terms = RoundTerms.Create(agreed.Schema, agreed.Suite, agreed.FederationId, agreed.Epoch, agreed.Roster, sigma, agreed.Clip, agreed.Rules);
        Times = new RoundTimes(TimeSpan.FromSeconds(periodSeconds), TimeSpan.FromSeconds(stageSeconds));
    }

    public FederationFile File => _folder.File;

    public string Folder => _folder.Path;

    public RoundTerms Terms { get; }

    public RoundTimes Times { get; }

    public MemberKeys AggregatorKeys { get; }

    public IReadOnlyList<MemberKeys> Keys { get; }

    public static string NameOf(int node) => $"node{node}";

    /// <summary>Each node's lanes, from nothing but the seed.</summary>
    public uint[][] Lanes(int seed)
    {
        var random = new Random(seed);
        return [.. Keys.Select(_ => Enumerable.Range(0, SummarySchema.LaneCount).Select(_ => (uint)random.Next(1, 1000)).ToArray())];
    }

    /// <summary>What the federation's figures are when just these nodes are in the sum.</summary>
    public FederationFigures Expected(uint[][] lanes, params IReadOnlyCollection<int> nodes)
    {
        var sum = new uint[SummarySchema.LaneCount];
        foreach (var node in nodes)
        {
            for (var lane = 0; lane < sum.Length; lane++) sum[lane] += lanes[node][lane];
        }
        return new FederationFigures(File.Schema, sum, nodes.Count);
    }

    public void Dispose()
    {
        foreach (var keys in Keys) keys.Dispose();
        AggregatorKeys.Dispose();
        Terms.Roster.Dispose();
        _folder.Dispose();
    }
}
