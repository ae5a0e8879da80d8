using TaskPlatform.Benchmarks.Shared;
using TaskPlatform.Engine;

namespace TaskPlatform.Benchmarks.Coordination;

/// <summary>A task of the simulation.</summary>
/// <param name="ArrivalMs">When it is submitted, in milliseconds.</param>
/// <param name="Type">Its number in <see cref="Workload.Types"/>.</param>
/// <param name="Size">How long it takes beside others of its type; 1 on average.</param>
/// <param name="Priority">Its priority.</param>
internal readonly record struct SimulatedTask(long ArrivalMs, int Type, double Size, TaskPriority Priority)
{
    /// <summary>How long an attempt takes with an agent, in milliseconds.</summary>
    public long Ms(AgentKind kind) => Math.Max(1, (long)(1000 * kind.Seconds[Type] * Size));
}

/// <summary>
/// Arrivals and sizes from a trace, scaled to an offered load. A seed decides where the trace begins, each task's priority and whether an attempt succeeds: the same under every policy.
/// </summary>
internal sealed class Workload
{
    public static string[] Types { get; } = ["simple_qa", "quick_analysis", "coding", "reasoning"];

    private readonly ulong _seed;

    public Workload(TraceRequest[] trace, double load, int seed)
    {
        _seed = (ulong)seed;
        var random = new Random(seed);
        var span = trace[^1].Seconds * trace.Length / (trace.Length - 1);
        var scale = trace.Length / (load * AgentKinds.TasksPerSecond()) / span;
        var begin = trace[random.Next(trace.Length)].Seconds;
        var bounds = Quartiles(trace);
        var types = trace.Select(request => bounds.Count(bound => request.Tokens > bound)).ToArray();
        var means = Enumerable.Range(0, Types.Length).Select(type => trace.Where((_, index) => types[index] == type).Average(request => (double)request.Tokens)).ToArray();
        Tasks = [.. trace.Select((request, index) => new SimulatedTask(
            (long)(1000 * scale * ((request.Seconds - begin + span) % span)), types[index], request.Tokens / means[types[index]], PriorityOf(random.NextDouble()))).OrderBy(task => task.ArrivalMs)];
    }

    /// <summary>In the order of their arrival.</summary>
    public SimulatedTask[] Tasks { get; }

    /// <summary>A number in [0, 1) that decides whether an attempt at a task succeeds, whoever makes it and whenever.</summary>
    public double Luck(int task, int attempt) => SeededRandom.At((_seed << 40) + ((ulong)task << 8) + (ulong)attempt);

    private static int[] Quartiles(TraceRequest[] trace)
    {
        var tokens = trace.Select(request => request.Tokens).Order().ToArray();
        return [tokens[tokens.Length / 4], tokens[tokens.Length / 2], tokens[3 * tokens.Length / 4]];
    }

    private static TaskPriority PriorityOf(double draw) => draw switch
    {
        < 0.05 => TaskPriority.Critical,
        < 0.25 => TaskPriority.High,
        < 0.75 => TaskPriority.Medium,
        _ => TaskPriority.Low,
    };
}
