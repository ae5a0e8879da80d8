using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>What can be seen from outside: always a snapshot.</summary>
public sealed partial class TaskEngine
{
    private Outcome NotFound(string taskId) => Refuse(Refusal.TaskNotFound, $"The queue has no task '{taskId}'.", taskId);

    private Outcome GraphNotFound(string graphId) => Refuse(Refusal.GraphNotFound, $"The queue has no graph '{graphId}'.");

    private Outcome GetTask(Command.GetTask get) => _tasks.TryGetValue(get.TaskId, out var task) ? Answer(task) : NotFound(get.TaskId);

    private Outcome GetGraph(Command.GetGraph get, Moment now)
        => _graphs.TryGetValue(get.GraphId, out var graph) ? Answer(graph, now) : GraphNotFound(get.GraphId);

    private Outcome Answer(TaskItem task, bool isNew = false) => new Outcome.TaskAnswer(View(task), isNew);

    private Outcome Answer(GraphItem graph, Moment now, bool isNew = false)
    {
        var counts = new int[TaskStates.Count];
        foreach (var member in graph.Members) counts[(int)member.State]++;
        var tasks = graph.Members.Select(ViewWithoutInputs).ToImmutableArray();
        var path = isNew ? [] : CriticalPath.Of(graph.Members, now);
        return new Outcome.GraphAnswer(new GraphView(graph.Id, graph.CreatedUnixMs, [.. counts], tasks, path), isNew);
    }

    private TaskView View(TaskItem task) => new(task.Snapshot(), WaitingFor(task), Inputs(task));

    private TaskView ViewWithoutInputs(TaskItem task) => new(task.Snapshot(), WaitingFor(task), []);

    private ImmutableArray<string> WaitingFor(TaskItem task) => task.State != TaskState.Blocked
        ? []
        : [.. task.DependsOn.Where(edge => Evaluate(edge.On, _tasks[edge.Id].State) == EdgeState.Open).Select(edge => edge.Id)];

    private ImmutableArray<TaskInput> Inputs(TaskItem task)
    {
        if (task.DependsOn.IsEmpty) return [];
        var inputs = ImmutableArray.CreateBuilder<TaskInput>();
        foreach (var edge in task.DependsOn)
        {
            if (_tasks[edge.Id] is { ResultBytes: >= 0 } source) inputs.Add(new TaskInput(source.Id, source.ResultBytes, source.Result));
        }
        return inputs.DrainToImmutable();
    }

    /// <summary>
    /// One step of a listing: looks at no more than <see cref="EngineLimits.StepTasks"/> tasks, so a page may be short and still say
    /// where to go on.
    /// </summary>
    private Outcome ListTasks(Command.ListTasks list)
    {
        var found = ImmutableArray.CreateBuilder<TaskView>();
        var index = IndexBefore(list.Before);
        var last = Math.Max(0, index - limits.StepTasks + 1);
        for (; index >= last && found.Count < list.Limit; index--)
        {
            if (list.Filter.Matches(_byOrder[index])) found.Add(ViewWithoutInputs(_byOrder[index]));
        }
        return new Outcome.Page(found.DrainToImmutable(), index < 0 ? null : _byOrder[index].Order + 1);
    }

    /// <summary>The last task whose place in line is before the one given, by bisection.</summary>
    private int IndexBefore(long order)
    {
        var (low, high) = (0, _byOrder.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_byOrder[middle].Order < order) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }
}
