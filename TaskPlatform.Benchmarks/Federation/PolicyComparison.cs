using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Federation;

/// <summary>What a policy came to over the seeds.</summary>
internal sealed record PolicyFigures(ComparedPolicy Policy, FederationFigures[] Runs)
{
    public Estimate Of(Func<FederationFigures, double> figure) => Estimate.Of(Runs, figure);
}

/// <summary>All policies before the same tasks.</summary>
internal sealed class PolicyComparison
{
    /// <summary>The nodes of the comparison: 8 × 4 agents, each node's own load from 0.54 to 0.98, 0.80 on average.</summary>
    public static FederationShape Uneven { get; } = new([0.54, 0.66, 0.75, 0.81, 0.85, 0.88, 0.93, 0.98], 4)
    {
        BurstRate = 2, BurstShare = 0.2, BurstLength = 8, ServiceSigma = 1, TransferDelay = 0.02,
    };

    /// <summary>The same with 0.80 everywhere.</summary>
    public static FederationShape Even { get; } = Uneven with { Utilisations = [.. Enumerable.Repeat(0.8, 8)] };

    private readonly Dictionary<ComparedPolicy, PolicyFigures> _figures = [];

    /// <param name="shape">The nodes and what comes to them.</param>
    /// <param name="policies">Which are compared.</param>
    /// <param name="seeds">Of the runs.</param>
    /// <param name="tasks">Tasks of a run.</param>
    /// <param name="done">Told after each run.</param>
    public PolicyComparison(FederationShape shape, ComparedPolicy[] policies, int[] seeds, int tasks, Action done)
    {
        foreach (var policy in policies) _figures.Add(policy, new PolicyFigures(policy, new FederationFigures[seeds.Length]));
        Parallel.For(0, seeds.Length, index =>
        {
            var drawn = FederationWorkload.Draw(shape, tasks, seeds[index]);
            foreach (var policy in policies)
            {
                _figures[policy].Runs[index] = policy.Run(shape, drawn, seeds[index]);
                done();
            }
        });
        Lines = [.. policies.Select(policy => _figures[policy])];
    }

    /// <summary>In the order in which they were given.</summary>
    public PolicyFigures[] Lines { get; }

    /// <summary>One policy's figure divided by another's, seed by seed.</summary>
    public Estimate Ratio(ComparedPolicy one, ComparedPolicy other, Func<FederationFigures, double> figure)
        => Estimate.Of([.. _figures[one].Runs.Zip(_figures[other].Runs, (of, by) => figure(of) / figure(by))]);
}
