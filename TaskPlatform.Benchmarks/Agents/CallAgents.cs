using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Agents;

/// <summary>Agents that claim and complete by HTTP, each over a connection of its own.</summary>
internal sealed class CallAgents(AgentsPlan plan, AgentsTally tally) : IMeasuredAgents
{
    private readonly QueueCalls _calls = new(plan.Http, plan.Queue);

    public Task StartAsync(CancellationToken gone) => Task.CompletedTask;

    public Task WorkAsync(CancellationToken gone) => Task.WhenAll(Enumerable.Range(1, plan.Agents).Select(number => WorkAsync($"agent-{number}", gone)));

    public ValueTask DisposeAsync()
    {
        _calls.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task WorkAsync(string agent, CancellationToken gone)
    {
        while (true) tally.Complete(await _calls.TakeAsync(agent, plan.Credit, TimeSpan.FromSeconds(20), gone));
    }
}
