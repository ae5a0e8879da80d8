using System.Collections.Immutable;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using State = TaskPlatform.Engine.TaskState;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes graphs as they are answered.</summary>
internal static class GraphAnswers
{
    /// <summary>The graph with its tasks in short.</summary>
    public static GraphInfo Info(GraphView view, string queue) => new()
    {
        GraphId = view.Id,
        State = StateOf(view.Counts),
        Counts = Counts(view.Counts),
        CriticalPath = view.CriticalPath,
        Tasks = [.. view.Tasks.Select(task => TaskAnswers.Short(task, queue))],
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
    public static string StateOf(ImmutableArray<int> counts)
    {
        var (completed, failed, cancelled) = (counts[(int)State.Completed], counts[(int)State.Failed], counts[(int)State.Cancelled]);
        var unfinished = counts.Sum() - completed - failed - cancelled;
        var begun = completed + failed + cancelled + counts[(int)State.Assigned] + counts[(int)State.InProgress] + counts[(int)State.Waiting];
        return (unfinished, begun) switch
        {
            (0, _) when failed > 0 => Words.Of(State.Failed),
            (0, _) when cancelled > 0 => Words.Of(State.Cancelled),
            (0, _) => Words.Of(State.Completed),
            (_, 0) => Words.Of(State.Pending),
            _ => Words.Of(State.InProgress),
        };
    }

    private static Dictionary<string, int> Counts(ImmutableArray<int> counts)
        => Enumerable.Range(0, counts.Length).ToDictionary(index => Words.Of((State)index), index => counts[index]);
}
