using TaskPlatform.Federation.Protocol.Cooperation;

namespace TaskPlatform.Benchmarks.Federation;

/// <summary>A line of the table.</summary>
/// <param name="Key">Its name in JSON.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Create">What routes; null: one node with all agents and one queue, which knows everything.</param>
internal sealed record ComparedPolicy(string Key, string Label, Func<FederationSimulation, Router>? Create)
{
    /// <summary>The noise of the sum when all eight nodes add theirs.</summary>
    private const double AllNoise = 17;

    private static readonly CooperationSettings Usual = CooperationSettings.Recommended;
    private static readonly CooperationSettings ProbesOnly = Usual with { Asks = 0, FlipShare = 0 };

    public static ComparedPolicy Isolated { get; } = Cooperative("isolated", "isolated", new CooperationModel(Usual, 0) { Policy = new LocalPolicy() });

    public static ComparedPolicy Random { get; } = new("random", "random node", simulation => new RandomRouter(simulation));

    public static ComparedPolicy Blind { get; } = Cooperative("probing", "probing, no aggregate", new CooperationModel(ProbesOnly with { UsesFigures = false }, 0));

    public static ComparedPolicy Recommended { get; } = Cooperative("recommended", "recommended: + 25 % flips, σ = 17, cap", new CooperationModel(Usual, AllNoise));

    public static ComparedPolicy AllQueues { get; } = new("jsq", "shortest of all queues, fresh", simulation => new ShortestRouter(simulation, simulation.Nodes.Length));

    public static ComparedPolicy SingleQueue { get; } = new("single", "omniscient single queue", Create: null);

    /// <summary>In the order of the table.</summary>
    public static ComparedPolicy[] All { get; } =
    [
        Isolated,
        Cooperative("seed", "seed's 40 % rule, period 5", new CooperationModel(Usual, 0) { Policy = new SeedPolicy(Usual), IsCapped = false }),
        new("snapshots1", "snapshots, to the least, period 1", simulation => new SnapshotRouter(simulation, 1)),
        new("snapshots5", "snapshots, to the least, period 5", simulation => new SnapshotRouter(simulation, 5)),
        Random,
        Blind,
        Cooperative("sumProbe", "sum + probe, σ = 6", new CooperationModel(ProbesOnly, 6) { IsCapped = false }),
        new("jsq2", "shorter of two queues, fresh", simulation => new ShortestRouter(simulation, 2)),
        Cooperative("sumProbeSteal", "sum + probe + steal, σ = 25", new CooperationModel(Usual with { FlipShare = 0 }, 25) { IsCapped = false }),
        Recommended,
        Cooperative("recommendedSlow", "the same, 0.01 for each probe", new CooperationModel(Usual, AllNoise) { ProbeTime = 0.01 }),
        AllQueues,
        SingleQueue,
    ];

    /// <summary>Those that are compared at a balanced load.</summary>
    public static ComparedPolicy[] Balanced { get; } = [Isolated, Random, Blind, Recommended, AllQueues, SingleQueue];

    public FederationFigures Run(FederationShape shape, FederatedTask[] tasks, int seed) => Create is null
        ? new FederationSimulation(shape.Pooled, [.. tasks.Select(task => task with { Home = 0 })], simulation => new ShortestRouter(simulation, 1), seed).Run()
        : new FederationSimulation(shape, tasks, Create, seed).Run();

    private static ComparedPolicy Cooperative(string key, string label, CooperationModel model) => new(key, label, simulation => new CooperativeRouter(simulation, model));
}
