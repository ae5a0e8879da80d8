using System.Collections.Immutable;
using System.Diagnostics;
using TaskPlatform.Engine;
using TaskPlatform.ServiceDefaults;

namespace TaskPlatform.Api.Endpoints;

/// <summary>Spans of what is asked of queues, named as OpenTelemetry's messaging conventions name them.</summary>
internal static class Traces
{
    private const int LinksMost = 32;

    private static readonly ActivitySource Source = new(Telemetry.Name);

    /// <summary>Starts the span of a command; null for those that have none, and when nobody listens.</summary>
    public static Activity? Start(string queue, Command command) => command switch
    {
        Command.Submit submit => Start("submit", "send", ActivityKind.Producer, queue)?.Tag(submit.Task),
        Command.SubmitGraph graph => Start("submit", "send", ActivityKind.Producer, queue)?
            .SetTag("messaging.batch.message_count", graph.Tasks.Length).SetTag("taskplatform.graph.id", graph.GraphId),
        Command.Claim claim => Start("claim", "receive", ActivityKind.Client, queue)?.SetTag("taskplatform.agent.id", claim.AgentId),
        Command.Complete complete => Settle("complete", queue, complete.TaskId),
        Command.Fail fail => Settle("fail", queue, fail.TaskId),
        Command.Release release => Settle("release", queue, release.TaskId),
        _ => null,
    };

    /// <summary>Puts the context of the submit on its tasks, so that whoever works on them continues the trace.</summary>
    public static Command Stamp(Command command) => (command, Activity.Current) switch
    {
        (Command.Submit submit, { IdFormat: ActivityIdFormat.W3C, Id: { } id }) => submit with { Task = Stamp(submit.Task, id) },
        (Command.SubmitGraph graph, { IdFormat: ActivityIdFormat.W3C, Id: { } id })
            => graph with { Tasks = [.. graph.Tasks.Select(task => Stamp(task, id))] },
        _ => command,
    };

    /// <summary>Says on the span what came of it.</summary>
    public static void Finish(Activity? span, Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Refused refused:
                span?.SetTag("error.type", refused.Refusal.Name);
                break;
            case Outcome.TaskAnswer answer:
                span?.SetTag("taskplatform.task.type", answer.View.Task.Type).SetTag("taskplatform.task.state", Words.Of(answer.View.Task.State));
                break;
            case Outcome.Claimed claimed:
                Link(span, claimed.Grants);
                break;
        }
    }

    /// <summary>Says on the span that the queue did not answer.</summary>
    public static void Fail(Activity? span, string problem) => span?.SetTag("error.type", problem).SetStatus(ActivityStatusCode.Error);

    // The claim belongs to no task's trace; links lead from it to the submits of what it got.
    private static void Link(Activity? span, ImmutableArray<TaskView> grants)
    {
        if (span is null) return;
        span.SetTag("messaging.batch.message_count", grants.Length);
        foreach (var grant in grants.Take(LinksMost))
        {
            if (ActivityContext.TryParse(grant.Task.Body?.Traceparent, null, out var submit)) span.AddLink(new ActivityLink(submit));
        }
    }

    private static TaskSubmission Stamp(TaskSubmission task, string traceparent)
        => task with { Body = task.Body with { Traceparent = traceparent } };

    private static Activity? Settle(string verb, string queue, string taskId)
        => Start("settle", "settle", ActivityKind.Client, queue)?.SetTag("messaging.message.id", taskId).SetTag("messaging.operation.name", verb);

    private static Activity? Start(string name, string operation, ActivityKind kind, string queue)
        => Source.StartActivity($"{name} {queue}", kind)?
            .SetTag("messaging.system", "taskplatform")
            .SetTag("messaging.operation.name", name)
            .SetTag("messaging.operation.type", operation)
            .SetTag("messaging.destination.name", queue);

    private static Activity Tag(this Activity span, TaskSubmission task)
        => span.SetTag("messaging.message.id", task.Id).SetTag("taskplatform.task.type", task.Type);
}
