using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Tasks are handed out.</summary>
public sealed partial class TaskEngine
{
    private const int FewLanes = 1_024;

    private readonly Dictionary<string, Lane> _lanes = [];
    private readonly Dictionary<string, AgentShape> _shapes = [];
    private int _lanesBeforeForgetting = FewLanes;
    private int _shapesBeforeForgetting = limits.Agents;

    /// <summary>Grants by claim, so that a repeated claim finds its own.</summary>
    private readonly Dictionary<(string AgentId, string ClaimId), List<TaskItem>> _byClaim = [];

    private void EnterLane(TaskItem task)
    {
        var capabilities = task.Body!.Capabilities;
        var key = capabilities.IsEmpty ? task.Type : $"{task.Type}\n{string.Join('\n', capabilities)}";
        if (!_lanes.TryGetValue(key, out var lane)) lane = OpenLane(key, task.Type, capabilities);
        lane.Add(task);
        WakeLane(lane);
    }

    private Lane OpenLane(string key, string type, ImmutableArray<string> capabilities)
    {
        if (_lanes.Count >= _lanesBeforeForgetting) ForgetEmptyLanes();
        var lane = new Lane(type, capabilities);
        _lanes.Add(key, lane);
        foreach (var shape in _shapes.Values) shape.Consider(lane);
        return lane;
    }

    /// <summary>Types come and go; a lane that nobody stands in costs each claim a look. Doubling keeps the sweep cheap.</summary>
    private void ForgetEmptyLanes()
    {
        foreach (var (key, lane) in _lanes)
        {
            if (lane.Count == 0) _lanes.Remove(key);
        }
        foreach (var shape in _shapes.Values) shape.Lanes.RemoveAll(lane => lane.Count == 0);
        _lanesBeforeForgetting = Math.Max(FewLanes, 2 * _lanes.Count);
    }

    private Outcome Claim(Command.Claim claim, Moment now)
    {
        if (Standing(claim, now) is { IsEmpty: false } standing) return new Outcome.Claimed(standing);
        if (FindAgent(claim.AgentId) is not { } agent || !TakesInstance(agent, claim.InstanceId)) return RefuseAgent();
        // Whoever waited goes first, also where the task came in the same batch.
        AnswerWaitingClaims(now);
        var ticket = EndEarlierWait(claim, now);
        Touch(agent, claim.InstanceId, now);
        var grants = Grant(claim, agent, ShapeOf(agent, claim.Types), now);
        return grants.IsEmpty && claim.WaitMs > 0 ? Park(claim, agent, ticket, now) : new Outcome.Claimed(grants);
    }

    private bool TakesInstance(AgentItem agent, string? instanceId)
        => agent.InstancesById.Count < limits.Agents || agent.InstancesById.ContainsKey(instanceId ?? "");

    /// <summary>A claim that came under an idempotency key repeats itself by that, where it has no id of its own.</summary>
    private static string? ClaimIdOf(Command.Claim claim) => claim.ClaimId ?? (claim.Key is { } key ? $"key/{key.Key}" : null);

    /// <summary>What the same claim was granted before and still holds.</summary>
    private ImmutableArray<TaskView> Standing(Command.Claim claim, Moment now)
    {
        if (ClaimIdOf(claim) is not { } id || !_byClaim.TryGetValue((claim.AgentId, id), out var tasks)) return [];
        foreach (var task in tasks)
        {
            if (task.Lease!.Regrants > 0) MarkDirty(task);
            ExtendLease(task, task.Lease with { Callers = task.Lease.Callers + 1 }, now);
        }
        return [.. tasks.Select(View)];
    }

    private ImmutableArray<TaskView> Grant(Command.Claim claim, AgentItem agent, AgentShape shape, Moment now)
    {
        var instance = agent.Instance(claim.InstanceId);
        var wanted = Math.Min(Math.Min(claim.Max, limits.ClaimTasks), Room(agent, instance));
        if (Settings.Paused) return [];
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
            ClaimId = ClaimIdOf(claim),
            DurationMs = duration,
            EndsTick = now.TickMs + duration,
            StartedTick = now.TickMs,
            ChangedTick = now.TickMs,
            WaitedMs = Math.Max(0, now.UnixMs - ReadySince(task)),
        };
        task.AssignedAgent = claim.AgentId;
        task.StartedUnixMs = now.UnixMs;
        instance.Load++;
        IndexClaim(task);
        Move(task, TaskState.Assigned, now);
        Tell(TaskEvent.Claimed, task);
    }

    /// <summary>
    /// When a ready task became ready, in Unix milliseconds: the last of what it had to wait for. Found from its records, so that it outlives
    /// a restart without being stored.
    /// </summary>
    private long ReadySince(TaskItem task)
    {
        var since = Math.Max(task.CreatedUnixMs, task.NotBeforeUnixMs ?? 0);
        if (!task.Attempts.IsEmpty) since = Math.Max(since, Math.Max(task.Attempts[^1].FinishedUnixMs, task.BackoffEndsUnixMs));
        foreach (var edge in task.DependsOn)
        {
            if (_tasks.TryGetValue(edge.Id, out var before) && before.FinishedUnixMs is { } finished) since = Math.Max(since, finished);
        }
        return since;
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
        var instance = agent.Instance(lease.InstanceId);
        instance.Load--;
        WakeWaiters(agent, instance);
        if (lease.ClaimId is { } claimId && _byClaim[(lease.AgentId, claimId)] is var tasks)
        {
            tasks.Remove(task);
            if (tasks.Count == 0) _byClaim.Remove((lease.AgentId, claimId));
        }
        task.Lease = null;
        task.UsedTokens += task.GrantUsage.Tokens;
        task.UsedCost += task.GrantUsage.Cost;
        task.GrantUsage = default;
        return lease;
    }

    private AgentShape ShapeOf(AgentItem agent, ImmutableSortedSet<string>? types)
    {
        var listed = types is { IsEmpty: false } ? types : null;
        var capabilities = agent.IsRegistered ? agent.Capabilities : listed;
        var narrowed = agent.IsRegistered ? listed : null;
        var key = $"{Join(capabilities)}\u0001{Join(narrowed)}";
        if (_shapes.TryGetValue(key, out var shape)) return shape;
        if (_shapes.Count >= _shapesBeforeForgetting) ForgetShapes();
        shape = new AgentShape(capabilities, narrowed);
        foreach (var lane in _lanes.Values) shape.Consider(lane);
        _shapes.Add(key, shape);
        return shape;
    }

    /// <summary>A shape in which nobody waits is only a memory: without it the next such claim looks at every lane, and nothing else.</summary>
    private void ForgetShapes()
    {
        foreach (var (key, shape) in _shapes)
        {
            if (shape.Waiters.Count == 0) _shapes.Remove(key);
        }
        foreach (var lane in _lanes.Values) lane.Shapes.RemoveAll(shape => shape.Waiters.Count == 0);
        _shapesBeforeForgetting = Math.Max(limits.Agents, 2 * _shapes.Count);
    }

    private static string Join(ImmutableSortedSet<string>? words) => words is null ? "*" : string.Join('\n', words);

    /// <summary>Ends a grant when the last caller that was answered with it is gone, unless the agent was heard of meanwhile.</summary>
    private Outcome Ungrant(Command.Ungrant ungrant, Moment now)
    {
        if (!_tasks.TryGetValue(ungrant.TaskId, out var task) || task.Lease is not { } lease || lease.Token != ungrant.Token) return new Outcome.Done();
        if (task.State == TaskState.Assigned && lease.Callers > 1) task.Lease = lease with { Callers = lease.Callers - 1 };
        else if (task.State == TaskState.Assigned) GiveBack(task, now);
        return new Outcome.Done();
    }

    private void GiveBack(TaskItem task, Moment now)
    {
        EndGrant(task);
        if (task.CancelRequested) Finish(task, TaskState.Cancelled, now);
        else
        {
            Requeue(task, now);
            Tell(TaskEvent.Released, task);
        }
    }
}
