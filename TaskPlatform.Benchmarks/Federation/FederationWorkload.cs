using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Federation;

/// <summary>What comes to the nodes, and how the tasks are. Times are in mean service times.</summary>
/// <param name="Utilisations">Of each node when it is alone: tasks come at this share of what its agents can do.</param>
/// <param name="Agents">Of each node.</param>
internal sealed record FederationShape(double[] Utilisations, int Agents)
{
    /// <summary>The rate within a burst, as a multiple of the node's mean rate; 1: a Poisson process.</summary>
    public double BurstRate { get; init; } = 1;

    /// <summary>The share of the time that bursts take.</summary>
    public double BurstShare { get; init; } = 0.25;

    /// <summary>How long a burst lasts on average; exponential.</summary>
    public double BurstLength { get; init; } = 10;

    /// <summary>Of the logarithm of a log-normal service time; null: exponential.</summary>
    public double? ServiceSigma { get; init; }

    /// <summary>How long a task takes from one node to another.</summary>
    public double TransferDelay { get; init; }

    public int Nodes => Utilisations.Length;

    /// <summary>The same work before one node that has all agents.</summary>
    public FederationShape Pooled => this with { Utilisations = [Utilisations.Average()], Agents = Agents * Nodes, TransferDelay = 0 };
}

/// <summary>A task of the simulation.</summary>
/// <param name="Arrival">When it comes, in mean service times.</param>
/// <param name="Service">How long an agent takes, in mean service times.</param>
/// <param name="Home">The node that it comes to.</param>
internal readonly record struct FederatedTask(double Arrival, double Service, int Home);

/// <summary>Tasks in the order of their arrival: the same for all policies. Each node's arrivals are a Poisson process whose rate switches between two (an MMPP), independent of the others'.</summary>
internal static class FederationWorkload
{
    public static FederatedTask[] Draw(FederationShape shape, int tasks, int seed)
    {
        var random = new SeededRandom(seed);
        var sources = shape.Utilisations.Select(utilisation => new Source(shape, utilisation * shape.Agents, random)).ToArray();
        var next = new PriorityQueue<int, double>();
        for (var node = 0; node < sources.Length; node++) next.Enqueue(node, sources[node].Next());
        var drawn = new FederatedTask[tasks];
        for (var task = 0; task < tasks; task++)
        {
            next.TryPeek(out var node, out var at);
            drawn[task] = new FederatedTask(at, Service(shape, random), node);
            next.DequeueEnqueue(node, sources[node].Next());
        }
        return drawn;
    }

    /// <summary>Normal with mean 0 and variance 1: G. E. P. Box, M. E. Muller, 1958.</summary>
    public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double Service(FederationShape shape, Random random)
        => shape.ServiceSigma is { } sigma ? Math.Exp(sigma * Normal(random) - sigma * sigma / 2) : Exponential(random);

    private static double Exponential(Random random) => -Math.Log(1 - random.NextDouble());

    private sealed class Source(FederationShape shape, double rate, Random random)
    {
        private double _now;
        private double _switches = double.NegativeInfinity;
        private bool _bursts = random.NextDouble() >= shape.BurstShare;

        private double QuietRate => (1 - shape.BurstShare * shape.BurstRate) / (1 - shape.BurstShare);

        private double QuietLength => shape.BurstLength * (1 - shape.BurstShare) / shape.BurstShare;

        public double Next()
        {
            while (true)
            {
                var next = _now + Exponential(random) / (rate * (_bursts ? shape.BurstRate : QuietRate));
                if (next < _switches) return _now = next;
                // Memoryless: what was drawn at the old rate is drawn anew at the switch.
                _now = Math.Max(0, _switches);
                _bursts = !_bursts;
                _switches = _now + Exponential(random) * (_bursts ? shape.BurstLength : QuietLength);
            }
        }
    }
}
