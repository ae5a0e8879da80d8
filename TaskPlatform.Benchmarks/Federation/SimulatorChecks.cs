using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Federation;

/// <summary>What the simulator found where mathematics knows the answer.</summary>
/// <param name="Name">Of which system.</param>
/// <param name="Expected">By the formula, in mean service times.</param>
/// <param name="Found">By simulation.</param>
/// <param name="Allowed">The difference that is allowed, as a share of what is expected; null: the interval must contain it.</param>
internal sealed record SimulatorCheck(string Name, double Expected, Estimate Found, double? Allowed)
{
    public bool IsMet => Math.Abs(Found.Mean - Expected) <= (Allowed is { } share ? share * Expected : Found.Margin);
}

/// <summary>The simulator held against queueing theory: Poisson arrivals, exponential service, no delay.</summary>
internal static class SimulatorChecks
{
    public const int Count = 4;

    private const int Queues = 200;
    private const int PooledAgents = 32;

    // Long queues forget slowly.
    private const int Longer = 3;

    /// <param name="seeds">Of the runs.</param>
    /// <param name="tasks">Tasks of a run of the table; these are longer.</param>
    /// <param name="done">Told after each run.</param>
    public static SimulatorCheck[] Run(int[] seeds, int tasks, Action done) =>
    [
        Supermarket(0.90, 0.02, seeds, tasks, done),
        Supermarket(0.95, 0.04, seeds, tasks, done),
        SingleQueue(0.80, seeds, tasks, done),
        SingleQueue(0.95, seeds, tasks, done),
    ];

    /// <summary>The mean time in system where each task joins the shorter of <paramref name="choices"/> of very many queues (N. D. Vvedenskaya et al., 1996; M. Mitzenmacher, 1996).</summary>
    public static double SupermarketMean(double load, int choices)
    {
        var (sum, term) = (0.0, 1.0);
        for (var i = 1; term > 1e-15; i++)
        {
            term = Math.Pow(load, (Math.Pow(choices, i) - choices) / (choices - 1));
            sum += term;
        }
        return sum;
    }

    /// <summary>The mean wait of M/M/c (A. K. Erlang, 1917).</summary>
    public static double ErlangWait(int agents, double load)
    {
        var blocked = 1.0;
        for (var agent = 1; agent <= agents; agent++) blocked = load * agents * blocked / (agent + load * agents * blocked);
        var waits = blocked / (1 - load * (1 - blocked));
        return waits / (agents * (1 - load));
    }

    private static SimulatorCheck Supermarket(double load, double allowed, int[] seeds, int tasks, Action done)
    {
        var found = Mean(new FederationShape([.. Enumerable.Repeat(load, Queues)], 1), 2, seeds, tasks, done);
        return new SimulatorCheck($"supermarket, {Queues} queues, two choices, load {load:0.00}", SupermarketMean(load, 2), found with { Mean = found.Mean + 1 }, allowed);
    }

    private static SimulatorCheck SingleQueue(double load, int[] seeds, int tasks, Action done)
        => new($"Erlang C, {PooledAgents} agents, load {load:0.00}", ErlangWait(PooledAgents, load), Mean(new FederationShape([load], PooledAgents), 1, seeds, tasks, done), null);

    private static Estimate Mean(FederationShape shape, int choices, int[] seeds, int tasks, Action done)
    {
        var means = new double[seeds.Length];
        Parallel.For(0, seeds.Length, index =>
        {
            var drawn = FederationWorkload.Draw(shape, Longer * tasks, 1_000 + seeds[index]);
            means[index] = new FederationSimulation(shape, drawn, simulation => new ShortestRouter(simulation, choices), seeds[index]).Run().Mean;
            done();
        });
        return Estimate.Of(means);
    }
}
