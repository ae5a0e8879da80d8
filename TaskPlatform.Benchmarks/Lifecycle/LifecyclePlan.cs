using TaskPlatform.Benchmarks.Agents;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Lifecycle;

/// <summary>Which lives are measured.</summary>
/// <param name="Tasks">How many count.</param>
/// <param name="WarmUp">How many come before.</param>
/// <param name="Agents">How many agents, over streams.</param>
/// <param name="Credit">How many tasks each takes at once.</param>
internal sealed record LifecyclePlan(int Tasks, int WarmUp, int Agents, int Credit)
{
    /// <summary>As <c>lifecycle</c> has it where nothing is said.</summary>
    public static LifecyclePlan Default { get; } = new(Tasks: 100_000, WarmUp: 100_000, Agents: 4, Credit: 500);

    /// <summary>What is said with <c>--quick</c>.</summary>
    public static LifecyclePlan Quick { get; } = Default with { Tasks = 1_000, WarmUp = 1_000 };

    /// <summary>Over HTTP instead of streams; null over streams.</summary>
    public HttpPlan? Http { get; init; }

    /// <summary>Whether agents are what their authors write (AddAgent with a handler) instead of streams alone.</summary>
    public bool IsHandled { get; init; }

    /// <summary>Whether the service exports telemetry meanwhile.</summary>
    public bool IsExporting { get; init; }

    /// <summary>Whether what the service allocates is looked at.</summary>
    public bool IsAllocationWatched { get; init; }

    /// <summary>The agents.</summary>
    public AgentsPlan Of(ServerProcess api, string queue) => Http is { } http
        ? new AgentsPlan(AgentsKind.Calls, api.CallAddress, api.StreamAddress, queue, http.Connections / 2, http.Batch)
        : new AgentsPlan(IsHandled ? AgentsKind.Handlers : AgentsKind.Links, api.CallAddress, api.StreamAddress, queue, Agents, Credit);
}

/// <summary>Lives over HTTP.</summary>
/// <param name="Connections">Callers, each with a connection of its own and one call at a time: one half submits, the other works.</param>
/// <param name="Batch">Tasks in a call; 1: the calls for one task.</param>
internal sealed record HttpPlan(int Connections, int Batch);
