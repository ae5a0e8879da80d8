namespace TaskPlatform.Benchmarks.Latency;

/// <summary>Which latency is measured.</summary>
/// <param name="Rate">Submits a second.</param>
/// <param name="Timed">How many.</param>
/// <param name="WarmUp">Lives before, as fast as they go.</param>
/// <param name="Agents">How many agents.</param>
/// <param name="Concurrency">How many tasks each works on at once.</param>
internal sealed record LatencyPlan(double Rate, int Timed, int WarmUp, int Agents, int Concurrency)
{
    /// <summary>As <c>latency</c> has it where nothing is said.</summary>
    public static LatencyPlan Default { get; } = new(Rate: 200, Timed: 200 * 30, WarmUp: 20_000, Agents: 4, Concurrency: 100);

    /// <summary>What is said with <c>--quick</c>.</summary>
    public static LatencyPlan Quick { get; } = Default with { Rate = 100, Timed = 50, WarmUp = 500 };
}
