namespace TaskPlatform.Engine;

/// <summary>
/// Claims that wait for a task, longest first. They stand in line by shape, and only the shapes that an event can help are looked at: those open
/// to a lane that a task entered, and that of an agent with a slot free again. What it costs does not depend on how many wait in vain.
/// </summary>
public sealed partial class TaskEngine
{
    private readonly Dictionary<Command.Claim, Waiter> _waiters = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string AgentId, string ClaimId), Waiter> _waitersByClaim = [];
    private readonly IndexedHeap<Waiter, InWaitEnds> _waitEnds = new();
    private readonly List<Lane> _wokenLanes = [];
    private readonly List<Waiter> _freedWaiters = [];
    private readonly List<AgentShape> _wokenShapes = [];
    private readonly PriorityQueue<Turn, long> _toAnswer = new();
    private List<(Command Command, Outcome Answer)> _answers = [];
    private long _lastTicket;

    /// <summary>
    /// Commands that were parked and are answered now: claims with tasks or, their time being over, without; retries whose records are here.
    /// </summary>
    public IReadOnlyList<(Command Command, Outcome Answer)> TakeAnswers()
    {
        if (_answers.Count == 0) return [];
        var answers = _answers;
        _answers = [];
        return answers;
    }

    private Outcome Park(Command.Claim claim, AgentItem agent, long? ticket, Moment now)
    {
        if (_waiters.Count >= limits.WaitingClaims)
            return Refuse(Refusal.QueueFull, $"{limits.WaitingClaims} claims are waiting, the most there may be.");
        var waiter = new Waiter(claim, ticket ?? ++_lastTicket, now.TickMs + claim.WaitMs, agent, agent.Instance(claim.InstanceId));
        _waiters.Add(claim, waiter);
        if (ClaimIdOf(claim) is { } id) _waitersByClaim.Add((claim.AgentId, id), waiter);
        _waitEnds.Add(waiter, waiter.EndsTick);
        CountTime(agent, waiter.Instance, now);
        waiter.Instance.Waiters.Add(waiter);
        waiter.Instance.Aside++;
        StandInLine(waiter);
        return new Outcome.Parked();
    }

    private void StandInLine(Waiter waiter)
    {
        if (waiter.Shape is not null || Room(waiter.Agent, waiter.Instance) <= 0) return;
        waiter.Shape = ShapeOf(waiter.Agent, waiter.Instance, waiter.Claim.Types);
        waiter.Shape.Waiters.Add(waiter);
        waiter.Instance.Aside--;
    }

    private static void StepAside(Waiter waiter)
    {
        if (waiter.Shape is not { } shape) return;
        shape.Waiters.Remove(waiter);
        waiter.Shape = null;
        waiter.Instance.Aside++;
    }

    private Outcome AbandonClaim(Command.AbandonClaim abandon, Moment now)
    {
        if (_waiters.TryGetValue(abandon.Waiting, out var waiter)) Unpark(waiter, now);
        return new Outcome.Done();
    }

    private void Unpark(Waiter waiter, Moment now)
    {
        CountPresence(waiter.Agent, waiter.Instance, now);
        _waiters.Remove(waiter.Claim);
        if (ClaimIdOf(waiter.Claim) is { } id) _waitersByClaim.Remove((waiter.Claim.AgentId, id));
        _waitEnds.Remove(waiter);
        StepAside(waiter);
        waiter.Instance.Waiters.Remove(waiter);
        waiter.Instance.Aside--;
    }

    private void Resolve(Waiter waiter, Outcome answer, Moment now)
    {
        Unpark(waiter, now);
        _answers.Add((waiter.Claim, answer));
        Remember(waiter.Claim, answer, now);
    }

    /// <summary>A caller who asks again has given up the first call: that must not be handed tasks which nobody would see.</summary>
    /// <returns>The place of the first call, for the second to take.</returns>
    private long? EndEarlierWait(Command.Claim claim, Moment now)
    {
        if (ClaimIdOf(claim) is not { } id || !_waitersByClaim.TryGetValue((claim.AgentId, id), out var earlier)) return null;
        Resolve(earlier, Outcome.Claimed.Nothing, now);
        return earlier.Ticket;
    }

    private void EndWaits(Moment now)
    {
        while (_waitEnds.Head is { } waiter && waiter.EndsTick <= now.TickMs) Resolve(waiter, Outcome.Claimed.Nothing, now);
    }

    /// <summary>
    /// A lane has fewer tasks to offer than before. That matters to claims that were held back for the sake of a task that needs more slots.
    /// </summary>
    private void WakeHeldBack(Lane lane)
    {
        if (_waiters.Count == 0) return;
        foreach (var shape in lane.Shapes)
        {
            if (shape.Waiters.Count > 0 && shape.Lines.Count > 1) Wake(shape);
        }
    }

    private void WakeLane(Lane lane)
    {
        if (lane.IsWoken || _waiters.Count == 0) return;
        lane.IsWoken = true;
        _wokenLanes.Add(lane);
    }

    /// <summary>
    /// A slot is free: all claims of the instance stand in line again, since they may want different types; and those that lacked room for a heavier
    /// task look again.
    /// </summary>
    private void WakeWaiters(AgentItem agent, AgentInstance instance)
    {
        if (instance.Waiters.Count == 0 || Room(agent, instance) <= 0) return;
        foreach (var waiter in instance.Waiters)
        {
            if (waiter.Shape is null) _freedWaiters.Add(waiter);
            else if (waiter.Shape.Lines is [.., { Weight: > 1 }]) Wake(waiter.Shape);
        }
    }

    /// <summary>What the agent can do has changed, so its claims stand in line anew, for what they can have now.</summary>
    private void WakeWaiters(AgentItem agent)
    {
        foreach (var instance in agent.InstancesById.Values)
        {
            foreach (var waiter in instance.Waiters) StepAside(waiter);
            WakeWaiters(agent, instance);
        }
    }

    private void WakeAll()
    {
        foreach (var shape in _shapes.Values) Wake(shape);
    }

    private void Wake(AgentShape shape)
    {
        if (shape.IsWoken) return;
        shape.IsWoken = true;
        _wokenShapes.Add(shape);
    }

    private void AnswerWaitingClaims(Moment now)
    {
        // Answering may itself wake: a task without budget moves to the lane of cheaper agents.
        while (_freedWaiters.Count > 0 || _wokenLanes.Count > 0 || _wokenShapes.Count > 0) AnswerRound(now);
    }

    private void AnswerRound(Moment now)
    {
        // Who comes back into line comes first: the longest waiting of each shape must be known before any is answered.
        foreach (var waiter in _freedWaiters.Where(waiter => waiter.IsParked))
        {
            StandInLine(waiter);
            if (waiter.Shape is { } shape) Wake(shape);
        }
        _freedWaiters.Clear();
        foreach (var lane in _wokenLanes)
        {
            lane.IsWoken = false;
            foreach (var shape in lane.Shapes)
            {
                if (shape.Waiters.Count > 0) Wake(shape);
            }
        }
        _wokenLanes.Clear();
        if (_pairs is { } policy)
        {
            MatchWaiting(policy, now);
            return;
        }
        foreach (var shape in _wokenShapes) EnterRound(shape);
        _wokenShapes.Clear();
        while (_toAnswer.TryDequeue(out var turn, out _)) AnswerFirst(turn, now);
    }

    /// <summary>A shape's turn: its first claim, or where that lacked room for what there is, the first behind it that has more.</summary>
    private readonly record struct Turn(AgentShape Shape, Waiter Waiter);

    private void EnterRound(AgentShape shape)
    {
        shape.IsWoken = false;
        if (shape.Waiters.Min is { } first) _toAnswer.Enqueue(new Turn(shape, first), first.Ticket);
    }

    private void AnswerFirst(Turn turn, Moment now)
    {
        var (shape, waiter) = turn;
        if (!waiter.IsParked || waiter.Shape != shape) EnterRound(shape);
        else if (Room(waiter.Agent, waiter.Instance) is var room && room <= 0)
        {
            StepAside(waiter);
            EnterRound(shape);
        }
        else if (Grant(waiter.Claim, waiter.Agent, waiter.Instance, shape, now, out var lacksRoom) is { IsEmpty: false } grants)
        {
            Resolve(waiter, new Outcome.Claimed(grants), now);
            EnterRound(shape);
        }
        else if (lacksRoom && shape.Waiters.FirstOrDefault(next => next.Ticket > waiter.Ticket && Room(next.Agent, next.Instance) > room) is { } next)
            _toAnswer.Enqueue(new Turn(shape, next), next.Ticket);
    }
}
