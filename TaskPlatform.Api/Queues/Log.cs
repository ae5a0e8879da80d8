using TaskPlatform.Api.Store;

namespace TaskPlatform.Api.Queues;

/// <summary>What owners log.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Queue {Queue} is served in epoch {Epoch}, from batch {Sequence} on.")]
    public static partial void OwnerStarted(ILogger logger, string queue, long epoch, long sequence);

    [LoggerMessage(1002, LogLevel.Warning, "The owner of queue {Queue} ends: {Fate}. {Reason}")]
    public static partial void OwnerEnded(ILogger logger, string queue, CommitFate fate, string reason);

    [LoggerMessage(1003, LogLevel.Critical, "The owner of queue {Queue} broke.")]
    public static partial void OwnerBroke(ILogger logger, string queue, Exception exception);

    [LoggerMessage(1004, LogLevel.Critical, "Queue {Queue} is not served any more: {Reason}")]
    public static partial void QueueStopped(ILogger logger, string queue, string reason, Exception? exception);

    [LoggerMessage(1005, LogLevel.Warning, "Queue {Queue}: the store keeps the owner waiting; callers are told to repeat what they asked.")]
    public static partial void StoreStalled(ILogger logger, string queue);

    [LoggerMessage(1010, LogLevel.Information, "Queue {Queue}: the store answers the owner again.")]
    public static partial void StoreAnswers(ILogger logger, string queue);

    [LoggerMessage(1006, LogLevel.Warning, "Queue {Queue} could not be given up, its lease runs out by itself: {Reason}")]
    public static partial void ReleaseFailed(ILogger logger, string queue, string reason);

    [LoggerMessage(1008, LogLevel.Warning, "Task {TaskId} ({Type}) of queue {Queue}: attempt {Attempt} by {AgentId} was lost ({Reason}). {Message}")]
    public static partial void AttemptLost(
        ILogger logger, string taskId, string type, string queue, int attempt, string agentId, string reason, string message);

    [LoggerMessage(EventId = 1009, Message = "Task {TaskId} ({Type}) of queue {Queue}: {Event}, attempt {Attempt}, agent {AgentId}. {Message}")]
    public static partial void TaskHappened(
        ILogger logger, LogLevel level, string taskId, string type, string queue, string @event, int attempt, string? agentId, string message);

    [LoggerMessage(1007, LogLevel.Information, "Queue {Queue} is not served yet: {Reason}")]
    public static partial void AdoptionWaits(ILogger logger, string queue, string reason);
}
