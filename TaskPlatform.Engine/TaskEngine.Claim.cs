using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Tasks are handed out.</summary>
public sealed partial class TaskEngine
{
    private readonly Dictionary<string, Lane> _lanes = [];
    private readonly Dictionary<string, AgentShape> _shapes = [];

    /// <summary>Grants by claim, so that a repeated claim finds its own.</summary>
    private readonly Dictionary<(string AgentId, string ClaimId), List<TaskItem>> _byClaim = [];

    private void EnterLane(TaskItem task)
    {
        var capabilities = task.Body!.Capabilities;
        var key = capabilities.IsEmpty ? task.Type : $"{task.Type}\n{string.Join('\n', capabilities)}";
        if (!_lanes.TryGetValue(key, out var lane))
        {
            lane = new Lane(task.Type, capabilities);
            _lanes.Add(key, lane);
            foreach (var shape in _shapes.Values) shape.Consider(lane);
        }
        lane.Add(task);
        WakeLane(lane);
    }

    private Outcome Claim(Command.Claim claim, Moment now)
    {
        if (RepeatClaim(claim, now) is { Length: > 0 } standing) return new Outcome.Claimed(standing);
        if (FindAgent(claim.AgentId) is not { } agent)
            return Refuse(Refusal.QueueFull, $"The queue knows {limits.Agents} agents, the most it takes.");
        Touch(agent, claim.InstanceId, now);
        var grants = Grant(claim, agent, now);
        if (grants.Length > 0 || claim.WaitMs == 0) return new Outcome.Claimed(grants);
        return Park(claim, now);
    }

    private ImmutableArray<TaskView> RepeatClaim(Command.Claim claim, Moment now)
    {
        if (claim.ClaimId is not { } id || !_byClaim.TryGetValue((claim.AgentId, id), out var tasks)) return [];
        foreach (var task in tasks) ExtendLease(task, task.Lease!, now);
        return [.. tasks.Select(View)];
    }

    private ImmutableArray<TaskView> Grant(Command.Claim claim, AgentItem agent, Moment now)
    {
        var instance = agent.Instance(claim.InstanceId);
        var room = agent.IsRegistered ? agent.MaxConcurrency - instance.Load : int.MaxValue;
        var wanted = Math.Min(Math.Min(claim.Max, limits.ClaimTasks), room);
        if (wanted <= 0 || agent.IsDraining || Settings.Paused) return [];
        var shape = ShapeOf(agent, claim.Types);
        ImmutableArray<TaskView>.Builder? grants = null;
        while (wanted-- > 0 && shape.Best(now.UnixMs, Settings) is { } task)
        {
            Assign(task, claim, instance, now);
            (grants ??= ImmutableArray.CreateBuilder<TaskView>()).Add(View(task));
        }
        return grants?.DrainToImmutable() ?? [];
    }

    private void Assign(TaskItem task, Command.Claim claim, AgentInstance instance, Moment now)
    {
        var duration = claim.LeaseMs ?? task.Body!.LeaseMs;
        task.Lease = new Lease
        {
            Token = newToken(),
            AgentId = claim.AgentId,
            InstanceId = claim.InstanceId,
            ClaimId = claim.ClaimId,
            DurationMs = duration,
            EndsTick = now.TickMs + duration,
            StartedTick = now.TickMs,
            ChangedTick = now.TickMs,
        };
        task.AssignedAgent = claim.AgentId;
        task.StartedUnixMs = now.UnixMs;
        instance.Load++;
        IndexClaim(task);
        Move(task, TaskState.Assigned, now);
        Tell(TaskEvent.Claimed, task);
    }

    private void IndexClaim(TaskItem task)
    {
        if (task.Lease is not { ClaimId: { } claimId } lease) return;
        var key = (lease.AgentId, claimId);
        if (!_byClaim.TryGetValue(key, out var tasks)) _byClaim.Add(key, tasks = []);
        tasks.Add(task);
    }

    /// <summary>The one place where a grant ends, whatever becomes of the task.</summary>
    private Lease EndGrant(TaskItem task)
    {
        var lease = task.Lease!;
        var agent = _agents[lease.AgentId];
        agent.Instance(lease.InstanceId).Load--;
        if (lease.ClaimId is { } claimId && _byClaim[(lease.AgentId, claimId)] is var tasks)
        {
            tasks.Remove(task);
            if (tasks.Count == 0) _byClaim.Remove((lease.AgentId, claimId));
        }
        task.Lease = null;
        task.UsedTokens += task.GrantUsage.Tokens;
        task.UsedCost += task.GrantUsage.Cost;
        task.GrantUsage = default;
        _freedSlots = true;
        return lease;
    }

    private AgentShape ShapeOf(AgentItem agent, ImmutableSortedSet<string>? types)
    {
        var capabilities = agent.IsRegistered ? agent.Capabilities : types;
        var narrowed = agent.IsRegistered ? types : null;
        var key = $"{Join(capabilities)}\u0001{Join(narrowed)}";
        if (_shapes.TryGetValue(key, out var shape)) return shape;
        // A shape is only a memory: throwing all away costs the next claims a look at every lane, and nothing else.
        if (_shapes.Count >= limits.Agents) _shapes.Clear();
        shape = new AgentShape(capabilities, narrowed);
        foreach (var lane in _lanes.Values) shape.Consider(lane);
        _shapes.Add(key, shape);
        return shape;
    }

    private static string Join(ImmutableSortedSet<string>? words) => words is null ? "*" : string.Join('\n', words);

    private Outcome Ungrant(Command.Ungrant ungrant, Moment now)
    {
        if (!_tasks.TryGetValue(ungrant.TaskId, out var task) || task.Lease?.Token != ungrant.Token) return new Outcome.Done();
        EndGrant(task);
        if (task.CancelRequested) Finish(task, TaskState.Cancelled, now);
        else Requeue(task, now);
        return new Outcome.Done();
    }
}
