using System.Diagnostics;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Tells operators what was stored: counts it, logs it, and puts waits and lost attempts into the trace of their task.</summary>
internal static class TaskTelemetry
{
    private const string ChildFailed = "child-failed";
    private const string BudgetExhausted = "budget-exhausted";

    /// <summary>To be called with what happened in one batch, after the store has acknowledged it.</summary>
    public static void Tell(string queue, IReadOnlyList<TaskEvent> happened, ILogger logger)
    {
        try
        {
            for (var index = 0; index < happened.Count; index++) Tell(queue, happened[index], logger);
        }
        catch (Exception exception)
        {
            Failed(queue, exception);
        }
    }

    /// <summary>Whoever listens is other people's code. What it throws must not end the queue's owner, and the log may be what threw.</summary>
    public static void Failed(string queue, Exception exception) => Trace.TraceError($"Telemetry of queue '{queue}' failed: {exception}");

    private static void Tell(string queue, TaskEvent happened, ILogger logger)
    {
        TaskMetrics.Happened(queue, happened);
        if (happened is { Kind: TaskEvent.Claimed, Lease: { } lease }) TellWait(queue, happened.Task, happened.Attempt, lease);
        if (happened.Ended is { EndedByAgent: false } ended) TellEnd(queue, happened.Task, ended, logger);
        if (LevelOf(happened.Kind) is var level && logger.IsEnabled(level)) TellLog(level, queue, happened, logger);
    }

    // The span is the current one while the histogram takes the value, so that an example of it leads to the trace.
    private static void TellWait(string queue, TaskItem task, int attempt, Lease lease)
    {
        using var span = TaskSpans.Waited(queue, task, attempt, lease);
        TaskMetrics.Waited(queue, task, lease);
    }

    private static void TellEnd(string queue, TaskItem task, AttemptRecord attempt, ILogger logger)
    {
        // It ended while the task waited: nobody had a lease to lose, and the spans of those who had one are there.
        if (attempt.Outcome is ChildFailed or BudgetExhausted) TaskMetrics.Ran(queue, task.Type, attempt);
        else TellLoss(queue, task, attempt, logger);
    }

    private static void TellLoss(string queue, TaskItem task, AttemptRecord attempt, ILogger logger)
    {
        using var span = TaskSpans.Lost(queue, task, attempt);
        TaskMetrics.Lost(queue, task, attempt);
        TaskMetrics.Ran(queue, task.Type, attempt);
        Log.AttemptLost(logger, task.Id, task.Type, queue, attempt.Attempt, attempt.AgentId, attempt.Outcome, attempt.Error?.Message ?? "");
    }

    private static void TellLog(LogLevel level, string queue, TaskEvent happened, ILogger logger)
    {
        var task = happened.Task;
        // No span: it only says which trace the line belongs to.
        using var context = task.Body?.Traceparent is { } submit ? new Activity(happened.Kind).SetParentId(submit).Start() : null;
        Log.TaskHappened(
            logger, level, task.Id, task.Type, queue, happened.Kind, happened.Attempt, happened.AgentId, happened.Error?.Message ?? "");
    }

    private static LogLevel LevelOf(string kind) => kind switch
    {
        TaskEvent.Failed => LogLevel.Warning,
        TaskEvent.Retrying or TaskEvent.Cancelled or TaskEvent.Retried => LogLevel.Information,
        _ => LogLevel.Debug,
    };
}
