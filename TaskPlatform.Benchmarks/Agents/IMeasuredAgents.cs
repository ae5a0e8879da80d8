namespace TaskPlatform.Benchmarks.Agents;

/// <summary>Agents that take what comes, complete it, and count.</summary>
internal interface IMeasuredAgents : IAsyncDisposable
{
    /// <summary>Returns when they have begun to ask for work.</summary>
    Task StartAsync(CancellationToken gone);

    /// <summary>Works until the measurement is over.</summary>
    Task WorkAsync(CancellationToken gone);
}
