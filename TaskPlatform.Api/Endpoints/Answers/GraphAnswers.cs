using System.Collections.Immutable;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using State = TaskPlatform.Engine.TaskState;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes graphs as they are answered.</summary>
internal static class GraphAnswers
{
    /// <summary>The graph with its tasks in short.</summary>
    public static GraphInfo Info(GraphView view, IReadOnlyList<TaskInfo> tasks) => new()
    {
        GraphId = view.Id,
        State = TaskAnswers.State(StateOf(view.Counts)),
        Counts = Counts(view.Counts),
        CriticalPath = view.CriticalPath,
        Budget = Amounts.Budget(view.Budget),
        Usage = Amounts.Used(view.Used),
        Tasks = tasks,
    };

    /// <summary>What a submit of a graph is told.</summary>
    public static GraphReply Submitted(GraphView view) => new()
    {
        GraphId = view.Id,
        Tasks = [.. view.Tasks.Select(task => new TaskStub { Id = task.Task.Id, State = TaskAnswers.State(task.Task.State) })],
    };

    /// <summary>Where a graph is found.</summary>
    public static string Address(string queue, string graphId) => $"/v1/queues/{queue}/graphs/{graphId}";

    /// <summary>
    /// The state of the whole: <c>completed</c> when all tasks are; when all are over, <c>failed</c> if one is, else
    /// <c>cancelled</c>; <c>pending</c> while none has begun; else <c>in_progress</c>.
    /// </summary>
    public static State StateOf(ImmutableArray<int> counts)
    {
        var (completed, failed, cancelled) = (counts[(int)State.Completed], counts[(int)State.Failed], counts[(int)State.Cancelled]);
        var unfinished = counts.Sum() - completed - failed - cancelled;
        var begun = completed + failed + cancelled + counts[(int)State.Assigned] + counts[(int)State.InProgress] + counts[(int)State.Waiting];
        return (unfinished, begun) switch
        {
            (0, _) when failed > 0 => State.Failed,
            (0, _) when cancelled > 0 => State.Cancelled,
            (0, _) => State.Completed,
            (_, 0) => State.Pending,
            _ => State.InProgress,
        };
    }

    private static Dictionary<string, int> Counts(ImmutableArray<int> counts)
        => Enumerable.Range(0, counts.Length).ToDictionary(index => Words.Of((State)index), index => counts[index]);
}
