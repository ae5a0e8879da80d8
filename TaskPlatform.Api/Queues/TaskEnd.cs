using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>How a task ended.</summary>
/// <param name="Succeeded">Whether it completed.</param>
/// <param name="DurationMs">From its first start to its end, in milliseconds; 0 or more.</param>
public sealed record TaskEnd(bool Succeeded, long DurationMs)
{
    /// <summary>
    /// The end of a task that was worked on, one for a task at most: an end after somebody had it tried anew is none. That is seen from the attempts that a retry forgives,
    /// which the record of the task has; so an end before any attempt, which leaves none to forgive, is none either. Work of another node ends at its home.
    /// </summary>
    internal static TaskEnd? Of(in TaskEvent happened, long unixMs)
    {
        if (happened.Kind is not (TaskEvent.Completed or TaskEvent.Failed) || happened.Attempt == 0) return null;
        var task = happened.Task;
        if (task.History is not { AttemptsForgiven: 0 } history || FederationMarks.IsForeign(task)) return null;
        var began = history.Attempts.IsEmpty ? task.StartedUnixMs : history.Attempts[0].StartedUnixMs;
        var ended = task.FinishedUnixMs ?? unixMs;
        return new TaskEnd(happened.Kind == TaskEvent.Completed, Math.Max(0, ended - (began ?? ended)));
    }
}
