using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Where ready tasks stand, and which agents may take from where.</summary>
public sealed partial class TaskEngine
{
    private const int FewLanes = 1_024;
    private const int FewShapes = 256;

    private readonly Dictionary<LaneKey, Lane> _lanes = [];
    private readonly Dictionary<string, FairShare> _shares = [];
    private readonly Dictionary<(string Capabilities, string Types, int Slots, string? AgentId), AgentShape> _shapes = [];
    private readonly HashSet<string> _addressees = []; // agents that lanes are meant for
    private long _virtualTime; // what the fairness key served last had had
    private int _lanesBeforeForgetting = FewLanes;
    private int _shapesBeforeForgetting = FewShapes;

    private void EnterLane(TaskItem task, Moment now)
    {
        if (task.Body!.Flow.Route is not null) ChooseRoute(task, now);
        LaneOf(task).Share.Enter(_virtualTime);
        StepIn(task);
    }

    private void LeaveLane(TaskItem task)
    {
        StepOut(task);
        task.Lane!.Share.Leave();
    }

    private void StepIn(TaskItem task)
    {
        var lane = LaneOf(task);
        lane.Add(task);
        EnterRoute(task);
        WakeLane(lane);
    }

    /// <summary>Out of line, but only to step in again elsewhere or to leave: as long as the task is ready its fairness key is not away.</summary>
    private void StepOut(TaskItem task)
    {
        var lane = task.Lane!;
        var wasOpen = lane.IsOpen;
        lane.Remove(task);
        LeaveRoute(task);
        // The first of a held lane may have kept others from their budget.
        if (lane.IsOpen && !wasOpen) WakeLane(lane);
        WakeHeldBack(lane);
    }

    private Lane LaneOf(TaskItem task)
    {
        var body = task.Body!;
        if (!ReferenceEquals(body.Flow, TaskFlow.None) || !body.Capabilities.IsEmpty || BudgetGraphOf(task) is not null) return LaneOf(task, body);
        var tally = task.Tally!;
        return tally.PlainLane ??= LaneOf(new LaneKey(task.Type, "", null, null, null, null, null, 1), []);
    }

    private Lane LaneOf(TaskItem task, TaskBody body)
    {
        var (flow, isRerouted) = (body.Flow, task.History is { IsRerouted: true });
        var routing = task.History?.Routing;
        var capabilities = routing is not null ? [routing.Candidate] : isRerouted ? [flow.Route!] : body.Capabilities;
        var candidateRate = CandidateOf(task)?.RateLimitKey;
        var key = new LaneKey(
            task.Type, capabilities.IsEmpty ? "" : string.Join('\n', capabilities), flow.ConcurrencyKey, flow.RateLimitKey, flow.FairnessKey,
            isRerouted ? null : flow.BudgetKey, BudgetGraphOf(task), flow.Weight,
            candidateRate == flow.RateLimitKey ? null : candidateRate);
        return LaneOf(key, capabilities);
    }

    private Lane LaneOf(LaneKey key, ImmutableArray<string> capabilities) => _lanes.TryGetValue(key, out var lane) ? lane : OpenLane(key, capabilities);

    private string? BudgetGraphOf(TaskItem task) => task.GraphId is { } graph && _graphs[graph].Budget is not null ? graph : null;

    private Lane OpenLane(LaneKey key, ImmutableArray<string> capabilities)
    {
        if (_lanes.Count >= _lanesBeforeForgetting) ForgetEmptyLanes();
        var lane = new Lane(key, capabilities, ShareOf(key.FairnessKey ?? ""))
        {
            Concurrency = key.ConcurrencyKey is { } concurrency ? ConcurrencyGateOf(concurrency) : null,
            Rate = key.RateLimitKey is { } rate ? RateGateOf(rate) : null,
            CandidateRate = key.CandidateRateKey is { } candidateRate ? RateGateOf(candidateRate) : null,
            Budget = key.BudgetKey is { } budget ? BudgetGateOf(budget) : null,
            GraphBudget = key.BudgetGraph is { } graph ? BudgetGateOf(_graphs[graph]) : null,
            IsPaused = Settings.PausedTypes.Contains(key.Type),
        };
        if (lane.Addressee is { } addressee && _addressees.Add(addressee)) TellApart(addressee);
        lane.Concurrency?.Lanes.Add(lane);
        lane.Rate?.Lanes.Add(lane);
        lane.CandidateRate?.Lanes.Add(lane);
        lane.Budget?.Lanes.Add(lane);
        lane.GraphBudget?.Lanes.Add(lane);
        _lanes.Add(key, lane);
        foreach (var shape in _shapes.Values) shape.Consider(lane);
        return lane;
    }

    /// <summary>From now on the agent is not like others that can do the same.</summary>
    private void TellApart(string agentId)
    {
        if (!_agents.TryGetValue(agentId, out var agent)) return;
        foreach (var instance in agent.InstancesById.Values) instance.LastAsked = null;
        WakeWaiters(agent);
    }

    private FairShare ShareOf(string key)
    {
        if (_shares.TryGetValue(key, out var share)) return share;
        share = new FairShare(key) { Weight = WeightOf(key) };
        _shares.Add(key, share);
        return share;
    }

    private double WeightOf(string fairnessKey) => Settings.Fairness.TryFind(fairnessKey, out var weight) ? weight : 1;

    /// <summary>Types and keys come and go; a lane that nobody stands in is only a memory. Doubling keeps the sweep cheap.</summary>
    private void ForgetEmptyLanes()
    {
        var gone = _lanes.Values.Where(lane => lane.Count == 0 && !lane.IsWoken && !lane.IsSettling).ToHashSet();
        foreach (var lane in gone)
        {
            _lanes.Remove(lane.Key);
            if (_tallies.TryGetValue(lane.Type, out var tally) && ReferenceEquals(tally.PlainLane, lane)) tally.PlainLane = null;
        }
        foreach (var shape in _shapes.Values) shape.Forget(gone.Contains);
        // Whoever waits in a shape of his own goes on waiting there.
        if (_addressees.Count > 0) _addressees.IntersectWith(_lanes.Values.Select(lane => lane.Addressee).OfType<string>());
        ForgetGates(gone);
        ForgetTallies();
        foreach (var share in _shares.Values.Where(share => share.IsForgettable)) _shares.Remove(share.Key);
        _lanesBeforeForgetting = Math.Max(FewLanes, 2 * _lanes.Count);
    }

    private AgentShape ShapeOf(AgentItem agent, AgentInstance instance, ImmutableSortedSet<string>? types)
    {
        var listed = types is { IsEmpty: false } ? types : null;
        if (instance.LastAsked is { } last && AreSame(last.Types, listed)) return last.Shape;
        var shape = FindShape(agent, listed);
        PresenceChanged();
        instance.LastAsked = (listed, shape);
        return shape;
    }

    private static bool AreSame(ImmutableSortedSet<string>? left, ImmutableSortedSet<string>? right)
    {
        if (ReferenceEquals(left, right)) return true;
        if (left is null || right is null || left.Count != right.Count) return false;
        for (var index = 0; index < left.Count; index++)
        {
            if (left[index] != right[index]) return false;
        }
        return true;
    }

    private AgentShape FindShape(AgentItem agent, ImmutableSortedSet<string>? listed)
    {
        var ability = AbilityOf(agent, listed);
        var key = (Join(ability.Capabilities), Join(ability.Types), ability.Slots, ability.AgentId);
        if (_shapes.TryGetValue(key, out var shape)) return shape;
        if (_shapes.Count >= _shapesBeforeForgetting) ForgetShapes();
        shape = new AgentShape(ability);
        foreach (var lane in _lanes.Values) shape.Consider(lane);
        _shapes.Add(key, shape);
        return shape;
    }

    private Ability AbilityOf(AgentItem agent, ImmutableSortedSet<string>? listed) => Ability.Of(agent, listed, _addressees.Contains(agent.Id));

    /// <summary>A shape in which nobody waits is only a memory: without it the next such claim looks at every lane, and nothing else.</summary>
    private void ForgetShapes()
    {
        var gone = _shapes.Where(pair => pair.Value is { Waiters.Count: 0, IsWoken: false }).ToList();
        foreach (var (key, shape) in gone)
        {
            _shapes.Remove(key);
            shape.Forget(_ => true);
        }
        foreach (var lane in _lanes.Values)
        {
            lane.Shapes.RemoveAll(shape => shape is { Waiters.Count: 0, IsWoken: false });
            lane.Places.Clear();
            foreach (var shape in lane.Shapes) shape.Collect(lane);
        }
        foreach (var instance in _agents.Values.SelectMany(agent => agent.InstancesById.Values)) instance.LastAsked = null;
        _shapesBeforeForgetting = Math.Max(FewShapes, 2 * _shapes.Count);
    }

    private static string Join(ImmutableSortedSet<string>? words) => words is null ? "*" : string.Join('\n', words);
}
