using TaskPlatform.Engine;

namespace TaskPlatform.Benchmarks.Coordination;

/// <summary>A kind of agent: for each of <see cref="Workload.Types"/> the mean time of an attempt, in seconds, and the share of attempts that succeed.</summary>
internal sealed record AgentKind(string Name, double[] Seconds, double[] Success, SpeedClass Speed);

/// <summary>The agents of the simulation: fixed once, before anything was measured (docs/coordination.md).</summary>
internal static class AgentKinds
{
    public const int EachKind = 4;

    public static AgentKind[] All { get; } =
    [
        new("short", [2, 4, 24, 60], [0.98, 0.97, 0.88, 0.80], SpeedClass.Standard),
        new("long", [6, 8, 12, 24], [0.98, 0.98, 0.96, 0.94], SpeedClass.Standard),
        new("even", [4, 8, 16, 36], [0.97, 0.96, 0.93, 0.90], SpeedClass.Standard),
        new("cheap", [8, 16, 32, 72], [0.96, 0.94, 0.88, 0.80], SpeedClass.Slow),
    ];

    public static int Count => All.Length * EachKind;

    public static AgentKind Of(int agent) => All[agent % All.Length];

    /// <summary>
    /// Tasks a second that the agents complete together when each takes whatever comes, tries that fail included: the rate at which a policy blind to types is at
    /// its limit. Tasks of types at which attempts fail more often are tried more often, which changes what comes; so it is a fixed point.
    /// </summary>
    public static double TasksPerSecond()
    {
        var types = Workload.Types.Length;
        var mix = Enumerable.Repeat(1.0 / types, types).ToArray();
        for (var round = 0; round < 50; round++)
        {
            var success = Enumerable.Range(0, types).Select(type => All.Sum(kind => Rate(kind, mix) * kind.Success[type]) / All.Sum(kind => Rate(kind, mix))).ToArray();
            var tries = success.Sum(share => 1 / share);
            mix = [.. success.Select(share => 1 / share / tries)];
        }
        return EachKind * All.Sum(kind => Rate(kind, mix) * mix.Select((share, type) => share * kind.Success[type]).Sum());
    }

    /// <summary>Attempts a second of one agent.</summary>
    private static double Rate(AgentKind kind, double[] mix) => 1 / mix.Select((share, type) => share * kind.Seconds[type]).Sum();
}
