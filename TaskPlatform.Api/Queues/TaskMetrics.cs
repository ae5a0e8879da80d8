using System.Diagnostics;
using System.Diagnostics.Metrics;
using TaskPlatform.Engine;
using TaskPlatform.ServiceDefaults;

namespace TaskPlatform.Api.Queues;

/// <summary>What is counted of tasks, once it is stored. Types and agents are what callers name: the SDK folds the rest into one beyond 2,000 combinations.</summary>
internal static class TaskMetrics
{
    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly Counter<long> Submitted = Count("submitted", "Tasks that were taken in.");
    private static readonly Counter<long> Claimed = Count("claimed", "Assignments: tasks that were granted to an agent.");
    private static readonly Counter<long> Completed = Count("completed", "Tasks that have their result.");
    private static readonly Counter<long> Failed = Count("failed", "Tasks that failed for good.");
    private static readonly Counter<long> Cancelled = Count("cancelled", "Tasks that were cancelled.");
    private static readonly Counter<long> Retried = Count("retried", "Attempts that failed and that another will follow.");
    private static readonly Counter<long> Released = Count("released", "Grants that agents gave back.");
    private static readonly Counter<long> Waiting = Count("waiting", "Times that a task began to wait: for its children, an answer or a budget.");
    private static readonly Counter<long> Revived = Count("revived", "Finished tasks that somebody had tried anew.");
    private static readonly Counter<long> Deleted = Count("deleted", "Finished tasks that were deleted, by hand or by retention.");

    private static readonly Counter<long> LeasesLost = Meter.CreateCounter<long>(
        "taskplatform.leases.lost", "{lease}", "Leases that ran out or were taken away, by reason: lease-lost, attempt-timeout, stalled, deadline-exceeded or cancelled.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "taskplatform.refusals", "{call}", "Calls and items of batches that were refused, by the problem's name.");

    private static readonly Histogram<double> WaitTime = Meter.CreateHistogram(
        "taskplatform.task.wait.duration", "s", "From the moment at which a task was ready to its grant.", advice: Telemetry.Seconds);

    private static readonly Histogram<double> RunTime = Meter.CreateHistogram(
        "taskplatform.task.run.duration", "s", "From an attempt's first grant to its end, by outcome; time in which the task waited counts.", advice: Telemetry.Seconds);

    public static void Happened(string queue, in TaskEvent happened)
    {
        if (CounterOf(happened.Kind) is not { Enabled: true } counter) return;
        var tags = Tags(queue, happened.Task.Type);
        if (happened.AgentId is { } agent && happened.Kind is not TaskEvent.Submitted) tags.Add("agent", agent);
        if (happened.Kind is TaskEvent.Failed) tags.Add("error", happened.Error?.Type);
        counter.Add(1, tags);
    }

    public static void Waited(string queue, TaskItem task, Lease lease) => WaitTime.Record(lease.WaitedMs / 1000.0, Tags(queue, task.Type));

    public static void Ran(string queue, string type, AttemptRecord attempt)
    {
        var tags = Tags(queue, type);
        tags.Add("outcome", attempt.Outcome);
        // The wall clock may have been stepped back meanwhile.
        RunTime.Record(Math.Max(0, attempt.FinishedUnixMs - attempt.StartedUnixMs) / 1000.0, tags);
    }

    public static void Lost(string queue, TaskItem task, AttemptRecord attempt)
    {
        var tags = Tags(queue, task.Type);
        tags.Add("agent", attempt.AgentId);
        tags.Add("reason", attempt.Outcome);
        LeasesLost.Add(1, tags);
    }

    public static void Refused(string? queue, string problem) => Refusals.Add(1, new TagList { { "queue", queue }, { "name", problem } });

    private static Counter<long>? CounterOf(string kind) => kind switch
    {
        TaskEvent.Submitted => Submitted,
        TaskEvent.Claimed => Claimed,
        TaskEvent.Completed => Completed,
        TaskEvent.Failed => Failed,
        TaskEvent.Cancelled => Cancelled,
        TaskEvent.Retrying => Retried,
        TaskEvent.Released => Released,
        TaskEvent.Waiting => Waiting,
        TaskEvent.Retried => Revived,
        TaskEvent.Deleted => Deleted,
        _ => null,
    };

    private static TagList Tags(string queue, string type) => new() { { "queue", queue }, { "type", type } };

    private static Counter<long> Count(string what, string description) => Meter.CreateCounter<long>($"taskplatform.tasks.{what}", "{task}", description);
}
