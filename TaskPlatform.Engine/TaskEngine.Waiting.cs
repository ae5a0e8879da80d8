namespace TaskPlatform.Engine;

/// <summary>Claims that wait for a task, longest first.</summary>
public sealed partial class TaskEngine
{
    private readonly LinkedList<Command.Claim> _waiting = new();
    private readonly Dictionary<Command.Claim, LinkedListNode<Command.Claim>> _waitingNodes = new(ReferenceEqualityComparer.Instance);
    private readonly PriorityQueue<Command.Claim, long> _waitingByEnd = new();
    private readonly List<Lane> _wokenLanes = [];
    private List<(Command.Claim Claim, Outcome.Claimed Answer)> _answers = [];
    private bool _freedSlots;

    /// <summary>Claims that had to wait and are answered now, with tasks or, their time being over, without.</summary>
    public IReadOnlyList<(Command.Claim Claim, Outcome.Claimed Answer)> TakeAnswers()
    {
        if (_answers.Count == 0) return [];
        var answers = _answers;
        _answers = [];
        return answers;
    }

    private Outcome Park(Command.Claim claim, Moment now)
    {
        if (_waiting.Count >= limits.WaitingClaims)
            return Refuse(Refusal.QueueFull, $"{limits.WaitingClaims} claims are waiting, the most there may be.");
        _waitingNodes.Add(claim, _waiting.AddLast(claim));
        _waitingByEnd.Enqueue(claim, now.TickMs + claim.WaitMs);
        return new Outcome.Parked();
    }

    private Outcome AbandonClaim(Command.AbandonClaim abandon)
    {
        Unpark(abandon.Waiting);
        return new Outcome.Done();
    }

    private bool Unpark(Command.Claim claim)
    {
        if (!_waitingNodes.Remove(claim, out var node)) return false;
        _waiting.Remove(node);
        return true;
    }

    private void WakeLane(Lane lane)
    {
        if (lane.IsWoken) return;
        lane.IsWoken = true;
        _wokenLanes.Add(lane);
    }

    private void AnswerWaitingClaims(Moment now)
    {
        if (_wokenLanes.Count == 0 && !_freedSlots) return;
        foreach (var lane in _wokenLanes) lane.IsWoken = false;
        _wokenLanes.Clear();
        _freedSlots = false;
        for (var node = _waiting.First; node is not null;)
        {
            var claim = node.Value;
            node = node.Next;
            if (Grant(claim, FindAgent(claim.AgentId)!, now) is { IsEmpty: false } grants) Resolve(claim, new Outcome.Claimed(grants));
        }
    }

    private void EndWaits(Moment now)
    {
        while (FirstWaitEnd() is { } end && end <= now.TickMs) Resolve(_waitingByEnd.Dequeue(), new Outcome.Claimed([]));
    }

    private void Resolve(Command.Claim claim, Outcome.Claimed answer)
    {
        if (Unpark(claim)) _answers.Add((claim, answer));
    }

    private long? FirstWaitEnd()
    {
        while (_waitingByEnd.TryPeek(out var claim, out var end))
        {
            if (_waitingNodes.ContainsKey(claim)) return end;
            _waitingByEnd.Dequeue();
        }
        return null;
    }
}
