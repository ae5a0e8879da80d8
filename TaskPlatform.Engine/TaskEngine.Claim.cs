using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Tasks are handed out.</summary>
public sealed partial class TaskEngine
{
    /// <summary>Tasks without budget that one claim takes out of its way; the rest goes in steps.</summary>
    private const int ExhaustedMost = 6;

    /// <summary>Grants by claim, so that a repeated claim finds its own.</summary>
    private readonly Dictionary<(string AgentId, string ClaimId), List<TaskItem>> _byClaim = [];

    /// <summary>How many tasks claims have looked at so far.</summary>
    internal long HeadsLookedAt { get; private set; }

    private Outcome Claim(Command.Claim claim, Moment now)
    {
        if (Standing(claim, now) is { IsEmpty: false } standing) return new Outcome.Claimed(standing);
        if (claim.IsOfRegistered && _agents.GetValueOrDefault(claim.AgentId) is not { IsRegistered: true }) return NoAgent(claim.AgentId);
        if (FindAgent(claim.AgentId, now) is not { } agent || !TakesInstance(agent, claim.InstanceId, now)) return RefuseAgent();
        // Whoever waited goes first, also where the task came in the same batch.
        AnswerWaitingClaims(now);
        var ticket = EndEarlierWait(claim, now);
        var instance = Touch(agent, claim.InstanceId, now);
        var grants = Grant(claim, agent, instance, ShapeOf(agent, instance, claim.Types), now, out _);
        if (!grants.IsEmpty) return new Outcome.Claimed(grants);
        return claim.WaitMs > 0 ? Park(claim, agent, ticket, now) : Outcome.Claimed.Nothing;
    }

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

    /// <param name="claim">What is asked for.</param>
    /// <param name="agent">Who asks.</param>
    /// <param name="instance">Which replica of it.</param>
    /// <param name="shape">What it may take.</param>
    /// <param name="now">The time.</param>
    /// <param name="lacksRoom">Whether there is more that fits the agent, but not the slots that it has left.</param>
    private ImmutableArray<TaskView> Grant(
        Command.Claim claim, AgentItem agent, AgentInstance instance, AgentShape shape, Moment now, out bool lacksRoom)
    {
        lacksRoom = false;
        if (Settings.Paused || agent.IsDraining) return [];
        if (GrantOne(claim, agent, instance, shape, now, out lacksRoom) is not { } first) return [];
        if (claim.Max == 1) return [first];
        var grants = ImmutableArray.CreateBuilder<TaskView>();
        for (TaskView? next = first; next is not null; next = GrantOne(claim, agent, instance, shape, now, out lacksRoom))
        {
            grants.Add(next);
            if (grants.Count == Math.Min(claim.Max, limits.ClaimTasks)) break;
        }
        return grants.DrainToImmutable();
    }

    private TaskView? GrantOne(Command.Claim claim, AgentItem agent, AgentInstance instance, AgentShape shape, Moment now, out bool lacksRoom)
    {
        lacksRoom = false;
        if (Room(agent, instance) is var room && room <= 0) return null;
        if (Choose(agent, instance, shape, room, now, out lacksRoom) is not { } task) return null;
        CountTime(agent, instance, now);
        Assign(task, claim, instance, now);
        return View(task);
    }

    /// <summary>The next task, its budgets having room for it; those that have none are taken out of the way.</summary>
    private TaskItem? Choose(AgentItem agent, AgentInstance instance, AgentShape shape, int room, Moment now, out bool lacksRoom)
    {
        for (var exhausted = 0; exhausted < ExhaustedMost;)
        {
            if (Next(agent, instance, shape, room, now, out lacksRoom) is not { } task) return null;
            if (HasBudget(task, ref exhausted, now)) return task;
        }
        lacksRoom = false;
        if (First(shape, room, now, out _) is { } next) Settle(next.Lane!);
        return null;
    }

    /// <summary>Whether the task's budgets have room for it; otherwise it is taken out of the way.</summary>
    private bool HasBudget(TaskItem task, ref int exhausted, Moment now)
    {
        switch (AskBudgets(task, now, out var gate))
        {
            case BudgetVerdict.Fits:
                return true;
            case BudgetVerdict.Held:
                // Parks a lane: how often that can happen is how often lanes were opened.
                Hold(task, gate!, now);
                return false;
            default:
                Exhaust(task, gate, now);
                exhausted++;
                return false;
        }
    }

    /// <summary>
    /// Who is next, whatever the budgets: the fairness key that has had least, in it the highest effective priority, then arrival; but never a task that
    /// came in so much later than another that the other would starve. docs/engine.md, "Who is next".
    /// </summary>
    private TaskItem? First(AgentShape shape, int room, Moment now, out bool lacksRoom)
    {
        TaskItem? best = null;
        TaskItem? oldest = null;
        lacksRoom = false;
        foreach (var line in shape.Lines)
        {
            if (line.Oldest.Head is not { } place) continue;
            var old = place.Lane.Oldest()!;
            HeadsLookedAt++;
            if (oldest is null || old.Order < oldest.Order) oldest = old;
            if (line.Weight > room) lacksRoom = true;
            else if (FirstOf(line.Fair.Head!, now) is var task && (best is null || GoesFirst(task, best, now))) best = task;
        }
        if (best is null || best.CreatedUnixMs - oldest!.CreatedUnixMs <= Settings.StarvationMs) return best;
        lacksRoom = oldest.Lane!.Weight > room;
        return lacksRoom ? null : oldest;
    }

    private TaskItem FirstOf(FairPlace place, Moment now)
    {
        TaskItem? best = null;
        for (var priority = 0; priority < Lane.Priorities; priority++)
        {
            if (place.First(priority)?.First(priority) is not { } head) continue;
            HeadsLookedAt++;
            if (best is null || Lane.GoesBefore(head, best, now.UnixMs, Settings.AgeingMs)) best = head;
        }
        return best!;
    }

    private bool GoesFirst(TaskItem left, TaskItem right, Moment now)
    {
        var (one, other) = (left.Lane!.Share, right.Lane!.Share);
        return ReferenceEquals(one, other) ? Lane.GoesBefore(left, right, now.UnixMs, Settings.AgeingMs) : GoesFirst(one, other);
    }

    private void Assign(TaskItem task, Command.Claim claim, AgentInstance instance, Moment now)
    {
        var lane = task.Lane!;
        var history = task.History;
        var duration = claim.LeaseMs ?? task.Body!.Policy.LeaseMs;
        task.Lease = new Lease
        {
            Token = newToken(),
            AgentId = claim.AgentId,
            InstanceId = claim.InstanceId,
            ClaimId = ClaimIdOf(claim),
            DurationMs = duration,
            GrantedUnixMs = now.UnixMs,
            EndsTick = now.TickMs + duration,
            StartedTick = now.TickMs - (history?.WorkedMs ?? 0),
            ChangedTick = now.TickMs,
            WaitedMs = Math.Max(0, now.UnixMs - ReadySince(task)),
            Reserved = Reserve(task),
            Match = Decided(task, instance, now),
        };
        if (!ReferenceEquals(task.AssignedAgent, instance.AgentId)) SetAgent(task, instance.AgentId);
        if (history is not { IsAttemptOpen: true }) task.StartedUnixMs = now.UnixMs;
        instance.Load += lane.Weight;
        if (task.Lease.ClaimId is not null) IndexClaim(task);
        Move(task, TaskState.Assigned, now);
        Charge(lane, now);
        Tell(TaskEvent.Claimed, task);
    }

    private void SetAgent(TaskItem task, string agentId)
    {
        task.AssignedAgent = agentId;
        _table.SetAgent(task);
    }

    /// <summary>What a grant takes of its lane's turn and limits.</summary>
    private void Charge(Lane lane, Moment now)
    {
        lane.Granted(now.TickMs);
        _virtualTime = Math.Max(_virtualTime, lane.Share.Charge(lane.Weight));
        if (lane.Concurrency is { } concurrency && concurrency.Hold(+1)) Wake(concurrency);
        ChargeRate(lane.Rate, now);
        ChargeRate(lane.CandidateRate, now);
    }

    private void ChargeRate(RateGate? rate, Moment now)
    {
        if (rate is not { Limit: not null }) return;
        if (rate.Count(now))
        {
            Wake(rate);
            LookAtRoutesSoon(now);
        }
        MarkDirty(rate);
        _rateOpenings.Set(rate, rate.OpensTick);
    }

    /// <summary>
    /// When a ready task became ready, in Unix milliseconds: the last of what it had to wait for. Found from its records, so that it outlives
    /// a restart without being stored.
    /// </summary>
    private long ReadySince(TaskItem task)
    {
        var since = Math.Max(task.CreatedUnixMs, task.NotBeforeUnixMs ?? 0);
        if (task.History is { } history)
        {
            since = Math.Max(since, history.ReadyAgainUnixMs);
            if (!history.Attempts.IsEmpty) since = Math.Max(since, Math.Max(history.Attempts[^1].FinishedUnixMs, history.BackoffEndsUnixMs));
        }
        foreach (var edge in task.DependsOn)
        {
            if (_tasks.TryGetValue(edge.Id, out var before) && before.FinishedUnixMs is { } finished) since = Math.Max(since, finished);
        }
        return since;
    }

    private void IndexClaim(TaskItem task)
    {
        var key = (task.Lease!.AgentId, task.Lease.ClaimId!);
        if (!_byClaim.TryGetValue(key, out var tasks)) _byClaim.Add(key, tasks = []);
        tasks.Add(task);
    }

    /// <summary>The one place where a grant ends, whatever becomes of the task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="now">The time.</param>
    /// <param name="isUntouched">Whether the agent says that it did nothing, or never heard of it: then nothing was used unless it was reported.</param>
    private Lease EndGrant(TaskItem task, Moment now, bool isUntouched = false)
    {
        var lease = task.Lease!;
        var lane = task.Lane!;
        var agent = _agents[lease.AgentId];
        var instance = agent.Instance(lease.InstanceId);
        CountTime(agent, instance, now);
        instance.Load -= lane.Weight;
        instance.Ended(task);
        WakeWaiters(agent, instance);
        if (lease.ClaimId is { } claimId && _byClaim[(lease.AgentId, claimId)] is var tasks)
        {
            tasks.Remove(task);
            if (tasks.Count == 0) _byClaim.Remove((lease.AgentId, claimId));
        }
        task.Lease = null;
        if (lane.Concurrency is { } gate && gate.Hold(-1)) Wake(gate);
        SettleBudgets(task, lane, lease.Reserved, isUntouched, now);
        return lease;
    }

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
        EndGrant(task, now, isUntouched: true);
        if (task.CancelRequested) Finish(task, TaskState.Cancelled, now);
        else
        {
            Requeue(task, now);
            Tell(TaskEvent.Released, task);
        }
    }
}
