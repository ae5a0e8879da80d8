using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What can be seen from outside: always a snapshot.</summary>
public sealed partial class TaskEngine
{
    private Outcome NotFound(string taskId) => RefusePurged(taskId) is { } purged
        ? new Outcome.Refused(purged)
        : Refuse(Refusal.TaskNotFound, $"The queue has no task '{taskId}'.", taskId);

    private Outcome GraphNotFound(string graphId) => Refuse(Refusal.GraphNotFound, $"The queue has no graph '{graphId}'.");

    private Outcome GetTask(Command.GetTask get) => _tasks.TryGetValue(get.TaskId, out var task) ? Answer(task) : NotFound(get.TaskId);

    private Outcome GetGraph(Command.GetGraph get, Moment now)
        => _graphs.TryGetValue(get.GraphId, out var graph) ? Answer(graph, now) : GraphNotFound(get.GraphId);

    private Outcome Answer(TaskItem task, bool isNew = false)
        => _isBrief ? Outcome.Noted.Of(task.State, isNew) : new Outcome.TaskAnswer(View(task), isNew);

    private Outcome Answer(GraphItem graph, Moment now, bool isNew = false)
    {
        var members = graph.Members.Where(member => !member.IsDeleted).ToList();
        var counts = new int[TaskStates.Count];
        foreach (var member in members) counts[(int)member.State]++;
        var tasks = members.Select(ViewWithoutInputs).ToImmutableArray();
        var path = isNew ? [] : CriticalPath.Of(members, now);
        return new Outcome.GraphAnswer(new GraphView(graph.Id, graph.CreatedUnixMs, [.. counts], tasks, path, graph.Budget, graph.Used), isNew);
    }

    private TaskView View(TaskItem task) => new(task.Snapshot(), WaitingFor(task), Inputs(task), ChildrenOf(task));

    private TaskView ViewWithoutInputs(TaskItem task) => new(task.Snapshot(), WaitingFor(task), [], ChildrenOf(task));

    private static ImmutableArray<string> ChildrenOf(TaskItem task) => task.Family is null ? [] : [.. task.Family.Children.Select(child => child.Id)];

    /// <summary>The tasks, or the key of the budget, that a task waits for.</summary>
    private ImmutableArray<string> WaitingFor(TaskItem task) => (task.State, task.History?.Waits) switch
    {
        (TaskState.Blocked, _) => [.. task.DependsOn.Where(edge => Evaluate(task, edge) == EdgeState.Open).Select(edge => edge.Id)],
        (TaskState.Waiting, WaitReason.Children) => [.. task.Family!.Children.Where(child => !child.State.IsFinal()).Select(child => child.Id)],
        (TaskState.Waiting, WaitReason.Budget) => [BudgetWaitedFor(task)],
        (TaskState.Waiting, WaitReason.Verdict) => [task.History!.VerifierId!],
        _ => [],
    };

    /// <summary>The key or the graph whose budget is exhausted; the task's own id for its own.</summary>
    private string BudgetWaitedFor(TaskItem task)
    {
        if (SharedGateOf(task) is { } shared && shared.Waiting.Contains(task)) return shared.Key;
        return GraphGateOf(task) is { } graph && graph.Waiting.Contains(task) ? graph.Key : task.Id;
    }

    private ImmutableArray<TaskInput> Inputs(TaskItem task)
    {
        if (task.DependsOn.IsEmpty && task.Family is null && !task.IsVerifier) return [];
        var inputs = ImmutableArray.CreateBuilder<TaskInput>();
        if (Judged(task) is { ResultBytes: >= 0 } judged) inputs.Add(new TaskInput(judged.Id, judged.ResultBytes, judged.Result));
        foreach (var edge in task.DependsOn)
        {
            if (_tasks.TryGetValue(edge.Id, out var source)) AddInput(inputs, source);
        }
        foreach (var child in task.Family?.Children ?? []) AddInput(inputs, child);
        return inputs.DrainToImmutable();
    }

    /// <summary>The task whose result a verifier is to judge right now.</summary>
    private static TaskItem? Judged(TaskItem verifier)
        => verifier is { IsVerifier: true, Parent: { History.VerifierId: { } id } parent } && id == verifier.Id ? parent : null;

    private static void AddInput(ImmutableArray<TaskInput>.Builder inputs, TaskItem source)
    {
        if (source.HasResult) inputs.Add(new TaskInput(source.Id, source.ResultBytes, source.Result));
    }

    /// <summary>
    /// One step of a listing: looks at no more than <see cref="EngineLimits.StepRows"/> rows, so a page may be short and still say
    /// where to go on.
    /// </summary>
    private Outcome ListTasks(Command.ListTasks list)
    {
        var found = ImmutableArray.CreateBuilder<TaskView>();
        var row = _table.RowBefore(list.Before);
        long most = limits.StepRows;
        while (found.Count < list.Limit && _table.Find(list.Filter, ref row, ref most) is { } task) found.Add(ViewWithoutInputs(task));
        return new Outcome.Page(found.DrainToImmutable(), _table.OrderBehind(row));
    }
}
