using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>A claim that waits although a task that fits it is ready: a wake-up was missed.</summary>
/// <param name="AgentId">Who waits.</param>
/// <param name="TaskId">A task that could be handed over right now.</param>
public sealed record MissedGrant(string AgentId, string TaskId);

/// <summary>A queue as a probe finds it.</summary>
/// <param name="Counts">How many tasks are in each state, by the state's number; those that are pending are ready to be claimed.</param>
/// <param name="OldestReadyUnixMs">When the longest waiting ready task was submitted; null when none is ready.</param>
/// <param name="WaitingClaims">Claims that wait for a task.</param>
/// <param name="BusySlots">Tasks that agents hold, those of draining agents too: as many as are leased.</param>
/// <param name="FreeSlots">
/// What agents could take in addition: their <see cref="AgentItem.MaxConcurrency"/> less what they hold, for each instance that holds a task, waits for one
/// or asked for one within the last minute. An agent that is draining has none; one that never registered counts as one slot.
/// </param>
/// <param name="Missed">A grant that should have been made and was not; null when all is well.</param>
public sealed record ProbeView(
    ImmutableArray<int> Counts, long? OldestReadyUnixMs, int WaitingClaims, long BusySlots, long FreeSlots, MissedGrant? Missed);

/// <summary>The way of a claim is walked without taking anything.</summary>
public sealed partial class TaskEngine
{
    /// <summary>Costs as much as there are agents, lanes, and lanes open to claims that wait: never as much as there are tasks.</summary>
    private Outcome.Probed Probe(Moment now)
    {
        // What earlier commands of the batch have set off is answered first, as before a claim: only what then still waits was missed.
        AnswerWaitingClaims(now);
        var (busy, free) = CountSlots(now);
        return new Outcome.Probed(new ProbeView([.. _counts], OldestReadyUnixMs(), _waiters.Count, busy, free, FindMissedGrant(now)));
    }

    private (long Busy, long Free) CountSlots(Moment now)
    {
        var (busy, free) = (0L, 0L);
        foreach (var agent in _agents.Values.Where(agent => !FederationMarks.IsPeer(agent.Id)))
        {
            foreach (var instance in agent.InstancesById.Values)
            {
                busy += instance.Load;
                if (!agent.IsDraining && instance.IsPresent(now.UnixMs)) free += Math.Max(0, agent.MaxConcurrency - instance.Load);
            }
        }
        return (busy, free);
    }

    private MissedGrant? FindMissedGrant(Moment now)
    {
        if (_waiters.Count == 0 || _counts[(int)TaskState.Pending] == 0 || Settings.Paused) return null;
        if (_pairs is { } policy) return FindMissedPair(policy, now);
        foreach (var shape in _shapes.Values)
        {
            if (shape.Waiters.Count == 0 || First(shape, int.MaxValue, now, out _) is null) continue;
            foreach (var waiter in shape.Waiters)
            {
                if (Missed(waiter, shape, now) is { } missed) return missed;
            }
        }
        return _agents.Values.SelectMany(MissedAside).Select(waiter => Missed(waiter, FindShape(waiter.Agent, waiter.Claim.Types), now))
            .FirstOrDefault(missed => missed is not null);
    }

    /// <summary>Where pairs are compared, agents may be left waiting on purpose: what counts is a pair that would be granted.</summary>
    private MissedGrant? FindMissedPair(IPairPolicy policy, Moment now)
    {
        foreach (var shape in _shapes.Values)
        {
            if (shape.Waiters.Count == 0 || BestOf(shape, policy, now) is not var (waiter, match)) continue;
            var lane = match.Task.Lane!;
            if (AskBudgets(match.Task, lane.GraphBudget, lane.Budget, now, out _) == BudgetVerdict.Fits) return new MissedGrant(waiter.Agent.Id, match.Task.Id);
        }
        return null;
    }

    /// <summary>Claims that stand in no line although their instance would be handed more. There are none while all is well.</summary>
    private static IEnumerable<Waiter> MissedAside(AgentItem agent) => agent.InstancesById.Values
        .Where(instance => instance.Aside > 0 && Room(agent, instance) > 0)
        .SelectMany(instance => instance.Waiters.Where(waiter => waiter.Shape is null));

    /// <summary>A task without budget is not missed: who waits goes on waiting while it is taken out of the way.</summary>
    private MissedGrant? Missed(Waiter waiter, AgentShape shape, Moment now)
    {
        var room = Room(waiter.Agent, waiter.Instance);
        if (room <= 0 || First(shape, room, now, out _) is not { } task) return null;
        return AskBudgets(task, task.Lane!.GraphBudget, task.Lane.Budget, now, out _) == BudgetVerdict.Fits ? new MissedGrant(waiter.Agent.Id, task.Id) : null;
    }

    private long? OldestReadyUnixMs()
    {
        var oldest = Moment.Never;
        foreach (var lane in _lanes.Values)
        {
            if (lane.Oldest() is { } task) oldest = Math.Min(oldest, task.CreatedUnixMs);
        }
        return oldest == Moment.Never ? null : oldest;
    }
}
