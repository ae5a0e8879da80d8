using System.Diagnostics;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints;

/// <summary>
/// Spans of what is asked of queues, named as OpenTelemetry's messaging conventions name them. A claim has none: it belongs to no task before it is
/// answered, and what it was granted shows in each task's own trace (<see cref="TaskSpans.Waited"/>).
/// </summary>
internal static class Traces
{
    /// <summary>Starts the span of a command; null for those that have none, and when nobody listens.</summary>
    public static Activity? Start(string queue, Command command) => command switch
    {
        Command.Submit submit => Start("submit", "send", ActivityKind.Producer, queue)?
            .Tag(queue, submit.Task.Id, submit.Task.Type, graphId: null),
        Command.SubmitGraph graph => Start("submit", "send", ActivityKind.Producer, queue)?
            .SetTag("messaging.batch.message_count", graph.Tasks.Length).SetTag("messaging.message.conversation_id", graph.GraphId),
        Command.AddChildren children => Start("submit", "send", ActivityKind.Producer, queue)?
            .SetTag("messaging.batch.message_count", children.Tasks.Length).SetTag("taskplatform.task.id", children.TaskId),
        Command.Complete complete => Settle("complete", queue, complete.TaskId),
        Command.Fail fail => Settle("fail", queue, fail.TaskId),
        Command.Release release => Settle("release", queue, release.TaskId),
        Command.Ask ask => Settle("ask", queue, ask.TaskId),
        _ => null,
    };

    /// <summary>Puts the context of the submit on its tasks, so that whoever works on them continues the trace.</summary>
    public static Command Stamp(Command command) => (command, Activity.Current) switch
    {
        (Command.Submit submit, { IdFormat: ActivityIdFormat.W3C, Id: { } id }) => submit with { Task = Stamp(submit.Task, id) },
        (Command.SubmitGraph graph, { IdFormat: ActivityIdFormat.W3C, Id: { } id })
            => graph with { Tasks = [.. graph.Tasks.Select(task => Stamp(task, id))] },
        (Command.AddChildren children, { IdFormat: ActivityIdFormat.W3C, Id: { } id })
            => children with { Tasks = [.. children.Tasks.Select(task => Stamp(task, id))] },
        _ => command,
    };

    /// <summary>Says on the span what came of it.</summary>
    public static void Finish(Activity? span, string queue, Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Refused refused:
                span?.SetTag("error.type", refused.Refusal.Name);
                break;
            case Outcome.TaskAnswer { View.Task: var task, Ended: var ended }:
                span?.Tag(queue, task.Id, task.Type, task.GraphId)
                    .SetTag("taskplatform.task.state", Words.Of(task.State)).SetTag("taskplatform.task.attempt", ended?.Attempt);
                if (ended is not null) TaskMetrics.Ran(queue, task.Type, ended);
                break;
        }
    }

    /// <summary>Says on the span that the queue did not answer.</summary>
    public static void Fail(Activity? span, string problem) => span?.SetTag("error.type", problem).SetStatus(ActivityStatusCode.Error);

    private static TaskSubmission Stamp(TaskSubmission task, string traceparent)
        => task with { Body = task.Body with { Traceparent = traceparent } };

    // Named at once: a call that is refused has to be found by its task too.
    private static Activity? Settle(string name, string queue, string taskId) => Start(name, "settle", ActivityKind.Client, queue)?
        .SetTag("messaging.message.id", taskId).SetTag("taskplatform.task.id", taskId);

    private static Activity? Start(string name, string operation, ActivityKind kind, string queue)
        => TaskSpans.Source.StartActivity($"{name} {queue}", kind)?
            .SetTag("messaging.system", "taskplatform")
            .SetTag("messaging.operation.name", name)
            .SetTag("messaging.operation", name) // what the Aspire dashboard shows; later conventions have the other two in its place
            .SetTag("messaging.operation.type", operation)
            .SetTag("messaging.destination.name", queue);
}
