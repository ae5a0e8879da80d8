using TaskPlatform.Api.Endpoints.Answers;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Reviews;

/// <summary>Writes reviews as they are answered.</summary>
internal static class ReviewAnswers
{
    /// <summary>How far a review is. Its report decides how it ended: single files may fail.</summary>
    public static ReviewStatus Status(GraphView view, string address)
    {
        var done = view.Tasks.Count(t => t.Task.State.IsFinal());
        var reasoning = Reasoning(view).Task.State;
        var diffs = view.Tasks.Where(t => t.Task.Type == ReviewTasks.Coding).All(t => t.Task.State.IsFinal());
        return new ReviewStatus
        {
            ReviewId = view.Id,
            State = Words.Of(reasoning.IsFinal() ? reasoning : GraphAnswers.StateOf(view.Counts)),
            Counts = Enumerable.Range(0, view.Counts.Length).ToDictionary(i => Words.Of((TaskState)i), i => view.Counts[i]),
            Done = done,
            Total = view.Tasks.Length,
            Report = reasoning == TaskState.Completed ? $"{address}/{view.Id}/report" : null,
            Diff = diffs ? $"{address}/{view.Id}/diff" : null,
        };
    }

    /// <summary>The task that writes the report.</summary>
    public static TaskView Reasoning(GraphView view) => view.Tasks.First(t => t.Task.Type == ReviewTasks.Reasoning);

    /// <summary>Why there is no report, in a sentence.</summary>
    /// <param name="view">The review.</param>
    /// <param name="task">The task that writes the report, with its error.</param>
    public static string WhyNot(GraphView view, TaskItem task) => task.State switch
    {
        TaskState.Failed => $"writing it failed ({task.Error?.Message}).",
        TaskState.Cancelled => "the review was cancelled.",
        _ => $"{view.Tasks.Count(t => t.Task.State.IsFinal())} of {view.Tasks.Length} tasks are done.",
    };
}
