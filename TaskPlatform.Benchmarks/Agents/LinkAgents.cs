using TaskPlatform.Client.Grpc;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Benchmarks.Agents;

/// <summary>Agents with a stream each and nothing around it.</summary>
internal sealed class LinkAgents(AgentsPlan plan, AgentsTally tally) : IMeasuredAgents
{
    private readonly List<StreamLink> _links =
        [.. Enumerable.Range(1, plan.Agents).Select(number => Streams.Agent(plan.Streams, plan.Queue, number, plan.Credit))];

    public async Task StartAsync(CancellationToken gone)
    {
        foreach (var link in _links)
        {
            if (await link.OpenAsync(gone) is { } failure) throw failure;
        }
    }

    public Task WorkAsync(CancellationToken gone) => Task.WhenAll(_links.Select(link => WorkAsync(link, gone)));

    public async ValueTask DisposeAsync()
    {
        foreach (var link in _links) await link.DisposeAsync();
    }

    private async Task WorkAsync(StreamLink link, CancellationToken gone)
    {
        var room = new SemaphoreSlim(plan.Credit);
        while (true)
        {
            var answer = await link.ClaimAsync(Math.Max(1, room.CurrentCount), TimeSpan.FromSeconds(60), gone);
            if (answer.Failure is { } failure) throw failure;
            foreach (var task in answer.Value!)
            {
                await room.WaitAsync(gone);
                _ = CompleteAsync(link, task, room, gone);
            }
        }
    }

    private async Task CompleteAsync(StreamLink link, TaskInfo task, SemaphoreSlim room, CancellationToken gone)
    {
        try
        {
            var settlement = new Settlement { Id = task.Id, LeaseToken = task.Lease!.Token, Complete = new CompleteRequest() };
            if (await link.SettleAsync(settlement, TimeSpan.FromSeconds(30), gone) is { } refusal) throw refusal;
            tally.Complete();
            room.Release();
        }
        catch (Exception failure)
        {
            tally.Fail(failure);
        }
    }
}
