using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>What tasks may use of language models.</summary>
internal sealed partial class NaiveQueue
{
    private Dictionary<string, NaiveBudget> _budgets = [];

    /// <summary>Lanes whose next task needs what others have set aside, until one of their grants ends.</summary>
    private Dictionary<NaiveLane, long> _held = [];

    /// <summary>The clock was set back: what draws on a period is looked at anew.</summary>
    private void ForgetHolds() => _held = _held.Where(pair => pair.Key.Budget is null).ToDictionary();

    private NaiveLane LaneOf(NaiveTask task) => new(
        task.What.Type, string.Join(',', Demanded(task)), task.Flow.ConcurrencyKey, task.Flow.RateLimitKey, KeyOf(task),
        task.IsRerouted ? null : task.Flow.BudgetKey, GraphOf(task)?.Budget is null ? null : task.GraphId, task.Flow.Weight);

    /// <summary>What is left of the task's own budget: set aside at each grant.</summary>
    private static Usage Needs(NaiveTask task)
    {
        var left = LeftOf(OwnBudget(task), task.UsedUp);
        return new Usage(left.Tokens ?? 0, left.Cost ?? 0);
    }

    private static TaskBudget? OwnBudget(NaiveTask task)
        => task.Flow.Budget is { } own ? new TaskBudget(own.Tokens + task.Raised.Tokens, own.Cost + task.Raised.Cost) : null;

    private static (long? Tokens, double? Cost) LeftOf(TaskBudget? budget, Usage used)
        => (budget?.Tokens is { } tokens ? Math.Max(0, tokens - used.Tokens) : null, budget?.Cost is { } cost ? Math.Max(0, cost - used.Cost) : null);

    private static bool IsOver(TaskBudget? budget, Usage together) => together.Tokens > budget?.Tokens || together.Cost > budget?.Cost;

    private static bool IsUsedUp(TaskBudget? budget, Usage used) => LeftOf(budget, used) is var left && (left.Tokens <= 0 || left.Cost <= 0);

    private bool IsExhausted(NaiveTask task) => !task.IsWaived && (IsOwnOrGraphExhausted(task) || IsKeyExhausted(task));

    private bool IsOwnOrGraphExhausted(NaiveTask task)
        => IsUsedUp(OwnBudget(task), task.UsedUp) || (GraphOf(task) is { } graph && IsExhausted(graph.Budget, graph.Used, task));

    private bool IsKeyExhausted(NaiveTask task) => LimitOf(task) is { } limit && IsExhausted(limit.Amount, UsedOf(task.Flow.BudgetKey!, limit), task);

    private static bool IsExhausted(TaskBudget? budget, Usage used, NaiveTask task) => IsUsedUp(budget, used) || IsOver(budget, used + Needs(task));

    private bool IsSetAsideForOthers(NaiveTask task)
    {
        if (task.IsWaived) return false;
        var graph = GraphOf(task);
        if (graph is not null && IsExhausted(graph.Budget, graph.Used + Reserved(other => other.GraphId == graph.Id), task)) return true;
        return LimitOf(task) is { } limit
            && IsExhausted(limit.Amount, UsedOf(task.Flow.BudgetKey!, limit) + Reserved(other => !other.IsRerouted && other.Flow.BudgetKey == task.Flow.BudgetKey), task);
    }

    /// <summary>Its lane is looked at again when a grant ends; and where nothing at all is left, so are all that draw on the same budget.</summary>
    private void Hold(NaiveTask task)
    {
        var (isLeft, draws) = SetAside(task);
        foreach (var other in Tasks.Where(other => other.State == TaskState.Pending && (LaneOf(other) == LaneOf(task) || (!isLeft && draws(other)))))
            _held[LaneOf(other)] = LimitOf(other) is { } limit ? PeriodOf(limit) : 0;
    }

    /// <summary>The budget that others have set aside, whether anything is left of it, and who else draws on it.</summary>
    private (bool IsLeft, Func<NaiveTask, bool> Draws) SetAside(NaiveTask task)
    {
        bool DrawsOnGraph(NaiveTask other) => other.GraphId is not null && other.GraphId == task.GraphId;
        bool DrawsOnKey(NaiveTask other) => !other.IsRerouted && other.Flow.BudgetKey == task.Flow.BudgetKey;
        if (GraphOf(task) is { } graph && graph.Used + Reserved(DrawsOnGraph) is var ofGraph && IsExhausted(graph.Budget, ofGraph, task))
            return (!IsUsedUp(graph.Budget, ofGraph), DrawsOnGraph);
        var limit = LimitOf(task)!;
        return (!IsUsedUp(limit.Amount, UsedOf(task.Flow.BudgetKey!, limit) + Reserved(DrawsOnKey)), DrawsOnKey);
    }

    private Usage Reserved(Func<NaiveTask, bool> shares)
        => _tasks.Values.Where(task => task.Lease is not null && shares(task)).Aggregate(default(Usage), (sum, task) => sum + task.Lease!.Reserved);

    private NaiveGraph? GraphOf(NaiveTask task) => task.GraphId is { } id ? _graphs.GetValueOrDefault(id) : null;

    private BudgetLimit? LimitOf(NaiveTask task)
        => !task.IsRerouted && task.Flow.BudgetKey is { } key && _settings.Budgets.TryFind(key, out var limit) ? limit : null;

    /// <summary>The key's use in the period that runs now.</summary>
    private Usage UsedOf(string key, BudgetLimit limit)
        => _budgets.GetValueOrDefault(key) is { } budget && (limit.PerMs is null || (budget.StartUnixMs >= PeriodOf(limit) && budget.StartUnixMs <= Now.UnixMs)) ? budget.Used : default;

    /// <summary>When the period began that runs now.</summary>
    private long PeriodOf(BudgetLimit limit) => limit.PerMs is { } per ? Now.UnixMs / per * per : 0;

    private void Use(NaiveTask task, Usage used)
    {
        task.UsedUp += used;
        if (GraphOf(task) is { } graph) graph.Used += used;
        if (LimitOf(task) is not { } limit || used == default) return;
        _budgets[task.Flow.BudgetKey!] = new NaiveBudget(UsedOf(task.Flow.BudgetKey!, limit) + used, PeriodOf(limit));
    }

    private void Exhaust(NaiveTask task)
    {
        var then = IsOwnOrGraphExhausted(task) ? WhenExhausted.Wait : LimitOf(task)!.OnExhausted;
        if (then == WhenExhausted.Fail)
        {
            task.Error = "budget-exhausted";
            End(task, TaskState.Failed, "budget-exhausted");
        }
        else if (then == WhenExhausted.Route && task.Flow.Route is not null) task.IsRerouted = true;
        else (task.State, task.Waits) = (TaskState.Waiting, WaitReason.Budget);
    }

    /// <summary>In a new period nobody is kept from a budget by what others have set aside.</summary>
    private void LookAtPeriods()
    {
        foreach (var (lane, period) in _held.Where(pair => pair.Key.Budget is not null).ToList())
        {
            if (!_settings.Budgets.TryFind(lane.Budget!, out var limit) || PeriodOf(limit) != period) _held.Remove(lane);
        }
    }

    /// <summary>What waits for its key goes on by itself when there is room again.</summary>
    private void WakeWhatHasBudget()
    {
        foreach (var task in Tasks.Where(task => task.Waits == WaitReason.Budget && task.Flow.BudgetKey is not null && !IsExhausted(task))) Wake(task);
    }
}
