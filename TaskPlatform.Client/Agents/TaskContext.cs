using System.Diagnostics;
using System.Text.Json;
using TaskPlatform.Client.Agents;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client;

/// <summary>What a handler knows of its task, and how it reports.</summary>
public sealed partial class TaskContext
{
    private const int EventsMost = 128;

    private readonly TaskPlatformClient _client;
    private readonly LeaseKeeper _lease;
    private readonly Activity? _span;
    private int _events;
    private TaskInfo _task;
    private Lazy<IReadOnlyDictionary<string, JsonElement>> _inputs;

    internal TaskContext(
        TaskPlatformClient client, string queue, TaskInfo task, LeaseKeeper lease, Activity? span, JsonSerializerOptions json)
    {
        (_client, Queue, _task, _lease, _span, Json) = (client, queue, task, lease, span, json);
        _inputs = Read(task.Inputs);
        Checkpoint = task.Checkpoint?.ToElement();
    }

    /// <summary>The queue the task is in.</summary>
    public string Queue { get; }

    /// <summary>The task.</summary>
    public string TaskId => _task.Id;

    /// <summary>The task's type.</summary>
    public string Type => _task.Type;

    /// <summary>The graph it was submitted with, if any.</summary>
    public string? GraphId => _task.GraphId;

    /// <summary>Counted from 1.</summary>
    public int Attempt => _task.Attempt;

    /// <summary>
    /// The results of the tasks it depends on and of its children that completed, by id. Where they exceed 1 MiB in all, a reference stands instead
    /// of each: <see cref="GetInputAsync{T}"/> follows it.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement> Inputs => _inputs.Value;

    /// <summary>What an earlier attempt saved, or this one since.</summary>
    public JsonElement? Checkpoint { get; private set; }

    /// <summary>The tasks that it added, in order.</summary>
    public IReadOnlyList<string> Children => _task.Children ?? [];

    /// <summary>What it last asked of people; unset when it never did.</summary>
    public string? Question => _task.Question;

    /// <summary>The answer to <see cref="Question"/>; unset while there is none.</summary>
    public JsonElement? Answer => _task.Answer?.ToElement();

    /// <summary>What the task may use in all its attempts; unset: as much as it likes.</summary>
    public TaskUsage? Budget => _task.Budget;

    /// <summary>What earlier grants of the task have used; unset while that is nothing.</summary>
    public TaskUsage? Used => _task.Usage;

    /// <summary>Why the last attempt failed, or which child did (<c>child-failed</c>).</summary>
    public TaskError? Error => _task.Error;

    /// <summary>What the verifier said of the result of an earlier attempt; unset before the first verdict.</summary>
    public VerdictInfo? Verdict => _task.Verdict;

    internal RawJson? Payload => _task.Payload;

    internal JsonSerializerOptions Json { get; }

    /// <summary>The result of a task this one depends on, or of a child, fetched when only a reference was handed over.</summary>
    /// <exception cref="KeyNotFoundException">The task does not depend on that one, or that child has no result.</exception>
    /// <exception cref="JsonException">The result does not fit the type.</exception>
    public async Task<T?> GetInputAsync<T>(string taskId, CancellationToken cancellationToken = default)
    {
        if (_task.Inputs is null || !_task.Inputs.TryGetValue(taskId, out var input))
            throw new KeyNotFoundException($"Task '{TaskId}' has no input '{taskId}'; it has: {string.Join(", ", _task.Inputs?.Keys ?? [])}.");
        if (IsReference(input, taskId)) input = await _client.GetResultAsync(Queue, taskId, cancellationToken);
        return input.To<T>(Json);
    }

    /// <summary>The checkpoint as a value; the default when there is none.</summary>
    /// <exception cref="JsonException">The checkpoint does not fit the type.</exception>
    public T? GetCheckpoint<T>() => Checkpoint is { } checkpoint ? checkpoint.Deserialize<T>(Json) : default;

    /// <summary>Tells how far the work is. A report that cannot be delivered is dropped: the lease is kept apart from it.</summary>
    /// <param name="progress">From 0 to 1.</param>
    /// <param name="message">For people, at most 8 KiB.</param>
    /// <param name="cancellationToken">Gives up reporting.</param>
    /// <exception cref="OperationCanceledException">The lease is lost.</exception>
    public async Task ReportProgressAsync(double progress, string? message = null, CancellationToken cancellationToken = default)
    {
        if (progress is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(progress), progress, "Progress runs from 0 to 1.");
        AddEvent("progress", new() { { "taskplatform.task.progress", progress }, { "message", message } });
        await _lease.SendAsync(new HeartbeatRequest { Progress = progress, Message = message }, cancellationToken);
        ThrowIfLost();
    }

    /// <summary>Leaves something to the next attempt, at most 256 KiB; replaces what was saved before.</summary>
    /// <exception cref="OperationCanceledException">The lease is lost.</exception>
    /// <exception cref="TaskPlatformException">It was refused, or may not have been saved.</exception>
    public async Task SaveCheckpointAsync<T>(T checkpoint, CancellationToken cancellationToken = default)
    {
        var value = RawJson.From(checkpoint, Json);
        var answer = await _lease.SendAsync(new HeartbeatRequest { Checkpoint = value }, cancellationToken);
        ThrowIfLost();
        answer.OrThrow();
        AddEvent("checkpoint");
        Checkpoint = value.ToElement();
    }

    /// <summary>Tells what this grant has used so far, in all. Where nothing was told, what was set aside for it counts as used.</summary>
    /// <exception cref="OperationCanceledException">The lease is lost.</exception>
    /// <exception cref="TaskPlatformException">It was refused, or may not have been heard.</exception>
    public async Task ReportUsageAsync(TaskUsage usage, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(usage);
        var answer = await _lease.SendAsync(new HeartbeatRequest { Usage = usage }, cancellationToken);
        ThrowIfLost();
        answer.OrThrow();
    }

    // They stay in memory until the attempt ends, and exporters send no more than so many.
    private void AddEvent(string name, ActivityTagsCollection? tags = null)
    {
        if (_span is not null && Interlocked.Increment(ref _events) <= EventsMost) _span.AddEvent(new ActivityEvent(name, tags: tags));
    }

    private void ThrowIfLost()
    {
        if (_lease.Reason >= StopReason.LeaseRanOut) throw new OperationCanceledException("The lease is lost.", _lease.HandlerStop);
    }

    private bool IsReference(RawJson input, string taskId) =>
        input.ToElement() is { ValueKind: JsonValueKind.Object } element
        && element.GetPropertyCount() == 1
        && element.TryGetProperty("href", out var href)
        && href.ValueKind == JsonValueKind.String
        && href.GetString() == $"/v1/queues/{Queue}/tasks/{taskId}/result";
}
