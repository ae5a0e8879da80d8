namespace TaskPlatform.Engine;

/// <summary>Limits that tasks share by their keys.</summary>
public sealed partial class TaskEngine
{
    private readonly Dictionary<string, ConcurrencyGate> _concurrencyGates = [];
    private readonly Dictionary<string, RateGate> _rateGates = [];
    private readonly Dictionary<string, BudgetGate> _budgetGates = [];
    private readonly IndexedHeap<RateGate, ByOpening> _rateOpenings = new();
    private readonly IndexedHeap<BudgetGate, ByPeriod> _budgetPeriods = new();
    private Moment _lastTick;

    private ConcurrencyGate ConcurrencyGateOf(string key)
    {
        if (_concurrencyGates.TryGetValue(key, out var gate)) return gate;
        gate = new ConcurrencyGate(key);
        gate.SetLimit(ConcurrencyOf(key));
        _concurrencyGates.Add(key, gate);
        return gate;
    }

    private RateGate RateGateOf(string key)
    {
        if (_rateGates.TryGetValue(key, out var gate)) return gate;
        gate = new RateGate(key);
        gate.SetLimit(RateOf(key), tick: 0);
        _rateGates.Add(key, gate);
        return gate;
    }

    private BudgetGate BudgetGateOf(string key)
    {
        if (_budgetGates.TryGetValue(key, out var gate)) return gate;
        gate = new BudgetGate(key) { Limit = BudgetOf(key) };
        _budgetGates.Add(key, gate);
        return gate;
    }

    private static BudgetGate BudgetGateOf(GraphItem graph)
    {
        if (graph.Gate is { } gate) return gate;
        gate = new BudgetGate(graph.Id, graph) { Limit = new BudgetLimit(graph.Budget!, PerMs: null, WhenExhausted.Wait) };
        gate.Load(graph.Used, graph.CreatedUnixMs);
        return graph.Gate = gate;
    }

    private int? ConcurrencyOf(string key) => Settings.Concurrency.TryFind(key, out var limit) ? limit : null;

    private RateLimit? RateOf(string key) => Settings.Rates.TryFind(key, out var limit) ? limit : null;

    private BudgetLimit? BudgetOf(string key) => Settings.Budgets.TryFind(key, out var limit) ? limit : null;

    /// <summary>New settings are looked at by all that they are about.</summary>
    private void SetLimits(Moment now)
    {
        foreach (var gate in _concurrencyGates.Values)
        {
            if (gate.SetLimit(ConcurrencyOf(gate.Key))) Wake(gate);
        }
        foreach (var gate in _rateGates.Values)
        {
            if (gate.SetLimit(RateOf(gate.Key), now.TickMs)) Wake(gate);
            _rateOpenings.Set(gate, gate.OpensTick);
        }
        foreach (var gate in _budgetGates.Values)
        {
            gate.Limit = BudgetOf(gate.Key);
            LetIn(gate, now);
        }
        foreach (var share in _shares.Values) share.Weight = WeightOf(share.Key);
    }

    /// <summary>A limit was opened or closed: its lanes have more, or fewer, to offer.</summary>
    private void Wake(Gate gate)
    {
        if (_waiters.Count == 0) return;
        foreach (var lane in gate.Lanes)
        {
            if (gate.IsClosed) WakeHeldBack(lane);
            else WakeLane(lane);
        }
    }

    private void OpenRates(Moment now)
    {
        while (_rateOpenings.Head is { } gate && _rateOpenings.HeadKey <= now.TickMs)
        {
            if (gate.Look(now.TickMs)) Wake(gate);
            _rateOpenings.Set(gate, gate.OpensTick);
        }
    }

    private void ForgetGates(HashSet<Lane> gone)
    {
        foreach (var lane in gone) lane.GraphBudget?.Lanes.Remove(lane);
        foreach (var gate in _concurrencyGates.Values)
        {
            gate.Lanes.RemoveAll(gone.Contains);
            if (gate.IsForgettable) _concurrencyGates.Remove(gate.Key);
        }
        foreach (var gate in _rateGates.Values)
        {
            gate.Lanes.RemoveAll(gone.Contains);
            gate.Look(_lastTick.TickMs);
            _rateOpenings.Set(gate, gate.OpensTick);
            if (!gate.IsForgettable) continue;
            _rateGates.Remove(gate.Key);
            Forget(RecordKind.Rate, gate.Key);
        }
        foreach (var gate in _budgetGates.Values)
        {
            gate.Lanes.RemoveAll(gone.Contains);
            if (!gate.IsForgettable(_lastTick.UnixMs)) continue;
            _budgetPeriods.Set(gate, Moment.Never);
            _budgetGates.Remove(gate.Key);
            Forget(RecordKind.Budget, gate.Key);
        }
    }
}
