using System.Diagnostics;
using TaskPlatform.Engine;
using TaskPlatform.ServiceDefaults;

namespace TaskPlatform.Api.Queues;

/// <summary>
/// What happens to a task between calls, as spans in the trace of its submit. A task carries its submit's context in its records, so that its
/// trace goes on over retries and over a restart of the service.
/// </summary>
internal static class TaskSpans
{
    /// <summary>The platform's one source of spans.</summary>
    public static readonly ActivitySource Source = new(Telemetry.Name);

    private const int DependenciesMost = 32;

    /// <summary>From the moment at which a task was ready to its grant; to be disposed of at once. Null when nobody listens.</summary>
    public static Activity? Waited(string queue, TaskItem task, int attempt, Lease lease)
    {
        var granted = lease.GrantedUnixMs;
        var span = Start("wait", queue, task, attempt, lease.AgentId, granted - lease.WaitedMs);
        if (span is null) return null;
        if (!task.DependsOn.IsEmpty)
            span.SetTag("taskplatform.task.depends_on", task.DependsOn.Take(DependenciesMost).Select(edge => edge.Id).ToArray());
        return span.SetEndTime(At(granted));
    }

    /// <summary>
    /// An attempt that the agent did not end itself: its own span may never come. To be disposed of at once. Null when nobody listens.
    /// </summary>
    public static Activity? Lost(string queue, TaskItem task, AttemptRecord attempt) =>
        Start("lost", queue, task, attempt.Attempt, attempt.AgentId, attempt.StartedUnixMs)?
            .SetTag("taskplatform.agent.instance", attempt.InstanceId)
            .SetTag("error.type", attempt.Outcome)
            .SetStatus(ActivityStatusCode.Error, attempt.Error?.Message)
            .SetEndTime(At(attempt.FinishedUnixMs));

    /// <summary>Names the task on a span, as all spans of the platform do.</summary>
    public static Activity Tag(this Activity span, string queue, string taskId, string type, string? graphId) => span
        .SetTag("messaging.system", "taskplatform")
        .SetTag("messaging.destination.name", queue)
        .SetTag("messaging.message.id", taskId)
        .SetTag("messaging.message.conversation_id", graphId)
        .SetTag("taskplatform.task.id", taskId)
        .SetTag("taskplatform.task.type", type);

    private static Activity? Start(string name, string queue, TaskItem task, int attempt, string agentId, long startUnixMs)
    {
        if (!Source.HasListeners() || !ActivityContext.TryParse(task.Body?.Traceparent, null, isRemote: true, out var submit)) return null;
        return Source.StartActivity($"{name} {task.Type}", ActivityKind.Internal, submit, startTime: At(startUnixMs))?
            .Tag(queue, task.Id, task.Type, task.GraphId)
            .SetTag("taskplatform.task.attempt", attempt)
            .SetTag("taskplatform.agent.id", agentId);
    }

    private static DateTime At(long unixMs) => DateTime.UnixEpoch.AddMilliseconds(unixMs);
}
