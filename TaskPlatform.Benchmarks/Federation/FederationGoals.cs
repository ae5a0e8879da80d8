using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Federation;

/// <summary>Something that was aimed at before it was measured.</summary>
/// <param name="Name">What.</param>
/// <param name="Found">A ratio, seed by seed.</param>
/// <param name="Most">What it may be at most.</param>
internal sealed record FederationGoal(string Name, Estimate Found, double Most)
{
    public bool IsReached => Found.Mean <= Most;
}

/// <summary>The recommended policy held against the others.</summary>
internal static class FederationGoals
{
    public static FederationGoal[] Of(PolicyComparison uneven, PolicyComparison even) =>
    [
        Goal(uneven, "p95 to isolated", ComparedPolicy.Isolated, figures => figures.P95, 0.05),
        Goal(uneven, "p95 to random", ComparedPolicy.Random, figures => figures.P95, 0.30),
        Goal(uneven, "p95 to the omniscient queue", ComparedPolicy.SingleQueue, figures => figures.P95, 1.30),
        Goal(uneven, "p95 to the shortest of all queues", ComparedPolicy.AllQueues, figures => figures.P95, 1.15),
        Goal(uneven, "p99 to probing without aggregate", ComparedPolicy.Blind, figures => figures.P99, 0.60),
        Goal(even, "balanced load: p95 to isolated", ComparedPolicy.Isolated, figures => figures.P95, 0.10),
    ];

    private static FederationGoal Goal(PolicyComparison compared, string name, ComparedPolicy to, Func<FederationFigures, double> figure, double most)
        => new(name, compared.Ratio(ComparedPolicy.Recommended, to, figure), most);
}
