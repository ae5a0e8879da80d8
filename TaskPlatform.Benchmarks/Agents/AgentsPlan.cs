using System.Globalization;

namespace TaskPlatform.Benchmarks.Agents;

/// <summary>What the agents of a measurement are made of.</summary>
internal enum AgentsKind
{
    /// <summary>The product's stream with nothing around it: what the service can give.</summary>
    Links,

    /// <summary>What an author of agents writes: AddAgent and a handler, with leases kept, over streams.</summary>
    Handlers,

    /// <summary>Claims and completions by HTTP, one call after the other.</summary>
    Calls,
}

/// <summary>The agents of a measurement.</summary>
/// <param name="Kind">What they are made of.</param>
/// <param name="Http">Where the service takes calls.</param>
/// <param name="Streams">Where it takes streams.</param>
/// <param name="Queue">The queue they work for.</param>
/// <param name="Agents">How many agents.</param>
/// <param name="Credit">How many tasks each takes at once.</param>
internal sealed record AgentsPlan(AgentsKind Kind, string Http, string Streams, string Queue, int Agents, int Credit)
{
    /// <summary>Whether handlers keep their tasks until they are told to go on.</summary>
    public bool IsHolding { get; init; }

    /// <summary>How long a handler waits before its task is done, in milliseconds.</summary>
    public int HandlerMs { get; init; }

    /// <summary>Another queue that the same program works for, to be warm before the first task of <see cref="Queue"/>; null: none.</summary>
    public string? WarmUpQueue { get; init; }

    /// <summary>For people.</summary>
    public string Told => string.Create(CultureInfo.InvariantCulture, $"{Agents}, {Credit} tasks each at a time, {Made}");

    private string Made => Kind switch
    {
        AgentsKind.Links => "over streams alone",
        AgentsKind.Handlers when HandlerMs > 0 => string.Create(CultureInfo.InvariantCulture, $"AddAgent with a handler that waits {HandlerMs} ms, over streams"),
        AgentsKind.Handlers => "AddAgent with a handler, over streams",
        _ => "by HTTP",
    };
}
