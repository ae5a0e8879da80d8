using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>An agent whose connection broke comes back with what it holds.</summary>
public sealed partial class TaskEngine
{
    private Outcome Rejoin(Command.Rejoin rejoin, Moment now)
    {
        var held = rejoin.Held.ToHashSet();
        var standing = ImmutableArray.CreateBuilder<StandingGrant>();
        foreach (var task in LeasedTo(rejoin.AgentId).Where(task => task.Lease!.InstanceId == rejoin.InstanceId))
        {
            var grant = new HeldGrant(task.Id, task.Lease!.Token);
            if (held.Contains(grant))
            {
                if (task.Lease.Regrants > 0) MarkDirty(task);
                Touch(_agents[rejoin.AgentId], rejoin.InstanceId, now);
                HearFrom(task, task.Lease, now);
                standing.Add(new StandingGrant(grant, task.Lease.DurationMs, task.CancelRequested));
            }
            // What was begun and is not held any more lapses as any other lease does: nobody can say how far it came. And what was claimed under an id is asked
            // for by that: its answer may be on its way.
            else if (task.State == TaskState.Assigned && task.Lease.ClaimId is null) GiveBack(task, now);
        }
        return new Outcome.Rejoined(standing.DrainToImmutable());
    }

    /// <summary>In the order in which they came in.</summary>
    private List<TaskItem> LeasedTo(string agentId)
        => [.. Enumerable.Range(0, _timers.Count).Select(index => _timers[index]).Where(task => task.Lease?.AgentId == agentId).OrderBy(task => task.Order)];
}
