using Microsoft.Extensions.Logging;

namespace TaskPlatform.Client.Agents;

internal static partial class Log
{
    private static readonly Func<ILogger, string, string, string, int, IDisposable?> Scope =
        LoggerMessage.DefineScope<string, string, string, int>("Task {TaskId} ({Type}) of queue {Queue}, attempt {Attempt}");

    /// <summary>Whatever is logged meanwhile, by the handler too, says which task it belongs to.</summary>
    public static IDisposable? TaskScope(ILogger log, string taskId, string type, string queue, int attempt) =>
        Scope(log, taskId, type, queue, attempt);

    [LoggerMessage(1, LogLevel.Information, "Agent {AgentId} ({InstanceId}) works for queue {Queue}: {Types}, at most {MaxConcurrency} at once.")]
    public static partial void AgentStarted(this ILogger log, string agentId, string instanceId, string queue, string types, int maxConcurrency);

    [LoggerMessage(2, LogLevel.Warning, "Agent {AgentId} cannot reach the service and keeps trying. {Reason}")]
    public static partial void ServiceAway(this ILogger log, string agentId, string reason);

    [LoggerMessage(3, LogLevel.Information, "Agent {AgentId} reaches the service again after {Seconds:0.0} s.")]
    public static partial void ServiceBack(this ILogger log, string agentId, double seconds);

    [LoggerMessage(4, LogLevel.Information, "Task {TaskId} ({Type}, attempt {Attempt}) is done.")]
    public static partial void AttemptCompleted(this ILogger log, string taskId, string type, int attempt);

    [LoggerMessage(5, LogLevel.Warning, "Task {TaskId} ({Type}, attempt {Attempt}) failed: {Error}.")]
    public static partial void AttemptFailed(this ILogger log, Exception? cause, string taskId, string type, int attempt, string? error);

    [LoggerMessage(6, LogLevel.Information, "Task {TaskId} ({Type}) is given back: {Reason}.")]
    public static partial void TaskReleased(this ILogger log, string taskId, string type, StopReason reason);

    [LoggerMessage(7, LogLevel.Warning, "Task {TaskId} ({Type}) was stopped: {Reason}.")]
    public static partial void LeaseGone(this ILogger log, string taskId, string type, StopReason reason);

    [LoggerMessage(8, LogLevel.Warning, "The service did not take that task {TaskId} {Ending}. {Reason}")]
    public static partial void SettlementNotTaken(this ILogger log, string taskId, string ending, string reason);

    [LoggerMessage(9, LogLevel.Information, "Agent {AgentId} stops: {Running} running tasks have {Seconds} s to end.")]
    public static partial void Draining(this ILogger log, string agentId, int running, double seconds);

    [LoggerMessage(10, LogLevel.Error, "Task {TaskId} ended without an outcome; its lease will lapse.")]
    public static partial void RunBroke(this ILogger log, Exception cause, string taskId);

    [LoggerMessage(12, LogLevel.Information, "Agent {AgentId} works over HTTP: a stream cannot be opened. {Reason}")]
    public static partial void StreamDoesNotPass(this ILogger log, string agentId, string reason);

    [LoggerMessage(11, LogLevel.Information, "Task {TaskId} ({Type}) waits for its children or an answer.")]
    public static partial void TaskWaits(this ILogger log, string taskId, string type);
}
