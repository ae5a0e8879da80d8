using System.Diagnostics;
using System.Diagnostics.Metrics;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client.Agents;

/// <summary>Spans and metrics of an agent, by the semantic conventions for messaging.</summary>
internal sealed class AgentTelemetry
{
    private const string Name = "TaskPlatform";
    private const string MessagingSystem = "taskplatform";

    private static readonly ActivitySource Source = new(Name);

    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<int> _running;

    public AgentTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _duration = meter.CreateHistogram<double>(
            "messaging.process.duration", "s", "How long an attempt took, with its settlement.", tags: null,
            // The SDK's own boundaries are meant for milliseconds.
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600] });
        _running = meter.CreateUpDownCounter<int>("taskplatform.agent.running", "{task}", "Tasks that the agent works on.");
    }

    /// <summary>
    /// Begins the span of an attempt. The submit is its parent, so that one trace runs from the submit to the completion; it is linked too,
    /// as the conventions ask, since a queue stands between the two.
    /// </summary>
    public RunSpan Begin(AgentOptions agent, TaskInfo task)
    {
        var tags = new TagList
        {
            { "messaging.system", MessagingSystem },
            { "messaging.operation.name", "process" },
            { "messaging.destination.name", agent.Queue },
            { "taskplatform.task.type", task.Type },
            { "taskplatform.agent.id", agent.AgentId },
        };
        _running.Add(1, tags);

        var submitted = ActivityContext.TryParse(task.Traceparent, null, isRemote: true, out var context);
        var activity = Source.StartActivity(
            $"process {task.Type}",
            ActivityKind.Consumer,
            context,
            [
                .. tags,
                new("messaging.operation.type", "process"),
                new("messaging.operation", $"process {task.Type}"), // what the Aspire dashboard shows of it
                new("messaging.message.id", task.Id),
                new("messaging.message.conversation_id", task.GraphId),
                new("taskplatform.task.id", task.Id),
                new("taskplatform.task.attempt", task.Attempt),
                new("taskplatform.agent.instance", agent.InstanceId),
            ],
            submitted ? [new ActivityLink(context)] : []);
        return new RunSpan(activity, tags, Stopwatch.GetTimestamp());
    }

    public void End(RunSpan span, Ending ending, bool taken)
    {
        var tags = span.Tags;
        _running.Add(-1, tags);
        tags.Add("taskplatform.outcome", taken || ending is Ending.Lost or Ending.Waiting ? ending.Name : "not-taken");
        span.Activity?.SetTag("taskplatform.outcome", ending.Name);
        if (ErrorType(ending, taken) is { } error)
        {
            tags.Add("error.type", error);
            span.Activity?.SetTag("error.type", error);
            span.Activity?.SetStatus(ActivityStatusCode.Error, (ending as Ending.Failed)?.Error.Message ?? error);
        }
        _duration.Record(Stopwatch.GetElapsedTime(span.StartedAt).TotalSeconds, tags);
    }

    private static string? ErrorType(Ending ending, bool taken) => ending switch
    {
        Ending.Failed failed => failed.Error.Type,
        Ending.Lost => ProblemTypes.LeaseLost,
        Ending.Waiting => null,
        _ when !taken => "settlement-not-taken",
        _ => null,
    };
}

/// <summary>The span of an attempt and what its metrics are tagged with.</summary>
internal readonly record struct RunSpan(Activity? Activity, TagList Tags, long StartedAt) : IDisposable
{
    public void Dispose() => Activity?.Dispose();
}
