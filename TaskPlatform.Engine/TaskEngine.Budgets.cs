namespace TaskPlatform.Engine;

/// <summary>What tasks may use of language models: set aside at the claim, settled when the grant ends.</summary>
public sealed partial class TaskEngine
{
    /// <summary>Whether the budgets of a ready task have room for a grant of it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="now">The time.</param>
    /// <param name="gate">The budget that has none; null for the task's own.</param>
    private BudgetVerdict AskBudgets(TaskItem task, Moment now, out BudgetGate? gate)
    {
        gate = null;
        var lane = task.Lane!;
        if (lane.Budget is null && lane.GraphBudget is null && task.Body!.Flow.Budget is null) return BudgetVerdict.Fits;
        return AskBudgets(task, lane.GraphBudget, lane.Budget, now, out gate);
    }

    private static BudgetVerdict AskBudgets(TaskItem task, BudgetGate? graph, BudgetGate? shared, Moment now, out BudgetGate? gate)
    {
        gate = null;
        if (task.History is { IsBudgetWaived: true }) return BudgetVerdict.Fits;
        var (tokens, cost) = OwnBudget(task);
        if (tokens <= 0 || cost <= 0) return BudgetVerdict.Exhausted;
        var need = new Usage(tokens ?? 0, cost ?? 0);
        var ofGraph = graph?.Ask(need, now.UnixMs) ?? BudgetVerdict.Fits;
        var ofKey = shared?.Ask(need, now.UnixMs) ?? BudgetVerdict.Fits;
        gate = ofGraph >= ofKey ? graph : shared;
        return ofGraph >= ofKey ? ofGraph : ofKey;
    }

    /// <summary>What is left of the task's own budget; null: it has none of that kind.</summary>
    private static (long? Tokens, double? Cost) OwnBudget(TaskItem task)
    {
        if (task.Body!.Flow.Budget is not { } budget) return (null, null);
        var (used, raise) = task.History is { } history ? (history.Used, history.BudgetRaise) : (default, default);
        return (budget.Tokens + raise.Tokens - used.Tokens, budget.Cost + raise.Cost - used.Cost);
    }

    private static Usage Reserve(TaskItem task)
    {
        var lane = task.Lane!;
        var (tokens, cost) = OwnBudget(task);
        var need = new Usage(Math.Max(0, tokens ?? 0), Math.Max(0, cost ?? 0));
        lane.GraphBudget?.Reserve(need);
        lane.Budget?.Reserve(need);
        return need;
    }

    /// <summary>A grant has ended: what it reported is used, or all that was set aside for it.</summary>
    private void SettleBudgets(TaskItem task, Lane lane, Usage reserved, bool isUntouched, Moment now)
    {
        ChargeCandidate(task, task.History?.Reported, now);
        var used = task.History?.Reported ?? (isUntouched ? default : reserved);
        if (task.History is { } history) (history.Used, history.Reported, history.IsBudgetWaived) = (history.Used + used, null, false);
        else if (used != default) task.Told.Used = used;
        if (lane.GraphBudget is { } graph)
        {
            graph.Settle(reserved, used, now.UnixMs);
            MarkDirty(graph.Graph!);
            Unhold(graph);
        }
        if (lane.Budget is not { } shared) return;
        shared.Settle(reserved, used, now.UnixMs);
        if (shared.Limit is not null && used != default) MarkDirty(shared);
        Unhold(shared);
    }

    /// <summary>New periods begin: who waited for them goes on.</summary>
    private void BeginBudgetPeriods(Moment now)
    {
        while (_budgetPeriods.Head is { } gate && _budgetPeriods.HeadKey <= now.UnixMs) LetIn(gate, now);
    }

    /// <summary>Only while somebody waits for a budget does its next period matter.</summary>
    private void AwaitPeriod(BudgetGate gate, Moment now)
        => _budgetPeriods.Set(gate, gate.Waiting.Count > 0 || gate.HeldLanes > 0 ? gate.NextPeriod(now.UnixMs) : Moment.Never);

    /// <summary>The budget may have room again: those that wait for it are looked at.</summary>
    private void LetIn(BudgetGate gate, Moment now)
    {
        Unhold(gate);
        foreach (var task in gate.Waiting) _releasing.Enqueue(task);
        AwaitPeriod(gate, now);
    }

    private void Release(TaskItem task, ref int budget, Moment now)
    {
        budget--;
        if (task is not { State: TaskState.Waiting, History.Waits: WaitReason.Budget }) return;
        if (AskBudgets(task, GraphGateOf(task), SharedGateOf(task), now, out _) != BudgetVerdict.Exhausted) Resume(task, now);
    }

    /// <summary>Others have set aside what the task needs: its lane is parked until one of them ends.</summary>
    private void Hold(TaskItem task, BudgetGate gate, Moment now)
    {
        Park(task.Lane!, gate);
        // Where nothing at all is left, no other lane needs to be tried.
        if (gate.Ask(default, now.UnixMs) != BudgetVerdict.Fits) gate.Lanes.ForEach(lane => Park(lane, gate));
        AwaitPeriod(gate, now);
    }

    private void Park(Lane lane, BudgetGate gate)
    {
        lane.HeldBy = gate;
        if (lane.Refresh()) WakeHeldBack(lane);
    }

    private void Unhold(BudgetGate gate)
    {
        if (gate.HeldLanes == 0) return;
        foreach (var lane in gate.Lanes)
        {
            if (!lane.IsHeld) continue;
            lane.HeldBy = null;
            if (lane.Refresh()) WakeLane(lane);
        }
    }

    /// <summary>No budget is left for the task: it waits, fails or goes to cheaper agents, as is set.</summary>
    private void Exhaust(TaskItem task, BudgetGate? gate, Moment now)
    {
        var policy = gate is { Graph: null, Limit: { } limit } ? limit.OnExhausted : WhenExhausted.Wait;
        if (policy == WhenExhausted.Fail)
        {
            task.Told.Error = new TaskError("budget-exhausted", $"The budget '{gate!.Key}' is exhausted.", Retryable: false);
            Finish(task, TaskState.Failed, now);
        }
        else if (policy == WhenExhausted.Route && task.Body!.Flow.Route is not null)
        {
            StepOut(task);
            task.Told.IsRerouted = true;
            ChooseRoute(task, now);
            StepIn(task);
            MarkDirty(task);
            Tell(TaskEvent.Updated, task);
        }
        else WaitForBudget(task, gate, now);
    }

    private void WaitForBudget(TaskItem task, BudgetGate? gate, Moment now)
    {
        task.Told.Waits = WaitReason.Budget;
        Move(task, TaskState.Waiting, now);
        Tell(TaskEvent.Waiting, task);
        if (gate is not null) WaitAt(gate, task, now);
    }

    private void WaitAt(BudgetGate gate, TaskItem task, Moment now)
    {
        gate.Waiting.Add(task);
        AwaitPeriod(gate, now);
    }

    /// <summary>The task waits no more, whatever it waited for.</summary>
    private void StopWaiting(TaskItem task)
    {
        if (task.History is not { } history) return;
        if (history.Waits == WaitReason.Budget)
        {
            GraphGateOf(task)?.Waiting.Remove(task);
            SharedGateOf(task)?.Waiting.Remove(task);
        }
        (history.Waits, history.VerifierId) = (WaitReason.None, null);
    }

    private BudgetGate? GraphGateOf(TaskItem task) => BudgetGraphOf(task) is { } graph ? BudgetGateOf(_graphs[graph]) : null;

    private BudgetGate? SharedGateOf(TaskItem task)
        => task.History is not { IsRerouted: true } && task.Body!.Flow.BudgetKey is { } key ? BudgetGateOf(key) : null;

    /// <summary>So many tasks without budget stand in a lane that a claim cannot take them all away: the lane is parked, and it is done in steps.</summary>
    private void Settle(Lane lane)
    {
        if (lane.IsSettling) return;
        lane.IsSettling = true;
        if (lane.Refresh()) WakeHeldBack(lane);
        _settling.Enqueue(lane);
    }

    private void SettleExhausted(Lane lane, ref int budget, Moment now)
    {
        for (; budget > 0 && lane.Oldest() is { } task; budget--)
        {
            if (AskBudgets(task, now, out var gate) != BudgetVerdict.Exhausted) break;
            Exhaust(task, gate, now);
        }
        if (budget <= 0) return;
        _settling.Dequeue();
        lane.IsSettling = false;
        if (lane.Refresh()) WakeLane(lane);
    }
}
