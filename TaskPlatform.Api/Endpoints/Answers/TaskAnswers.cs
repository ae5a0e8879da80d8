using System.Collections.Immutable;
using System.Text;
using TaskPlatform.Api.Queues;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using WirePriority = TaskPlatform.Client.Wire.TaskPriority;
using WireState = TaskPlatform.Client.Wire.TaskState;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes tasks as they are answered.</summary>
internal static class TaskAnswers
{
    /// <summary>Everything about a task. The view must be hydrated.</summary>
    public static TaskInfo Whole(TaskView view, string queue) => SubmitAnswers.AddTo(Short(view, queue), view.Task) with
    {
        Result = view.Task.HasResult ? RawJson.FromTrusted(view.Task.Result) : null,
        Checkpoint = OrNull(view.Task.Checkpoint),
        Inputs = Inputs(view.Inputs, queue),
        Question = view.Task.History?.Question?.Text,
        Choices = view.Task.History?.Question is { Choices: { IsEmpty: false } choices } ? choices : null,
        Answer = OrNull(view.Task.History?.Question?.Answer ?? default),
    };

    /// <summary>Everything but inputs: a task on a page. The view must be hydrated.</summary>
    public static TaskInfo OnPage(TaskView view, string queue) => Whole(view, queue) with { Inputs = null };

    /// <summary>
    /// What memory has of every task, so that thousands can be answered at once: without what only its body says, and without payload,
    /// result, checkpoint and inputs.
    /// </summary>
    public static TaskInfo Short(TaskView view, string queue)
    {
        var task = view.Task;
        return new TaskInfo
        {
            Id = task.Id,
            Queue = queue,
            GraphId = task.GraphId,
            ParentId = task.ParentId,
            Type = task.Type,
            State = State(task.State),
            Priority = (WirePriority)task.Priority,
            DependsOn = [.. task.DependsOn.Select(edge => new Dependency(edge.Id, (DependencyTrigger)edge.On))],
            NotBefore = Times.At(task.NotBeforeUnixMs),
            Deadline = Times.At(task.DeadlineUnixMs),
            Labels = task.Labels,
            Attempt = task.Attempt,
            AssignedAgent = task.AssignedAgent,
            CreatedAt = Times.At(task.CreatedUnixMs),
            StartedAt = Times.At(task.StartedUnixMs),
            FinishedAt = Times.At(task.FinishedUnixMs),
            Error = Error(task.Error),
            Confidence = task.Confidence,
            Progress = task.Progress,
            Message = task.Message,
            Attempts = [.. task.Attempts.Select(Attempt)],
            CancelRequested = task.CancelRequested,
            CancelledBy = task.CancelledBy,
            WaitingFor = view.WaitingFor,
            Children = view.Children.IsEmpty ? null : view.Children,
            Usage = Amounts.Used(task.History?.Used ?? default),
            Routing = RouteAnswers.Routing(task.History?.Routing),
            Verdict = Verdict(task.History?.Verdict),
        };
    }

    /// <summary>A task just granted, with its lease.</summary>
    public static TaskInfo Granted(TaskView view, string queue, long committedUnixMs)
    {
        var lease = view.Task.Lease!;
        return Whole(view, queue) with
        {
            Lease = new LeaseInfo
            {
                Token = LeaseTokens.Write(lease.Token),
                ExpiresAt = Times.At(committedUnixMs + lease.DurationMs),
                ExpiresInSeconds = Times.Seconds(lease.DurationMs),
            },
        };
    }

    /// <summary>A state as it travels.</summary>
    public static WireState State(Engine.TaskState state) => state switch
    {
        Engine.TaskState.Pending => WireState.Pending,
        Engine.TaskState.Assigned => WireState.Assigned,
        Engine.TaskState.InProgress => WireState.InProgress,
        Engine.TaskState.Completed => WireState.Completed,
        Engine.TaskState.Failed => WireState.Failed,
        Engine.TaskState.Cancelled => WireState.Cancelled,
        Engine.TaskState.Scheduled => WireState.Scheduled,
        Engine.TaskState.Blocked => WireState.Blocked,
        Engine.TaskState.Waiting => WireState.Waiting,
        _ => throw new System.Diagnostics.UnreachableException($"No word for {state}."),
    };

    /// <summary>Where a task is found.</summary>
    public static string Address(string queue, string taskId) => $"/v1/queues/{queue}/tasks/{taskId}";

    private static Dictionary<string, RawJson> Inputs(ImmutableArray<TaskInput> inputs, string queue)
    {
        var areInline = ViewHydration.AreInline(inputs);
        return inputs.ToDictionary(
            input => input.Id,
            input => RawJson.FromTrusted(areInline ? input.Result : Reference(queue, input.Id)));
    }

    // Names of queues and tasks hold nothing that JSON would have to escape.
    private static byte[] Reference(string queue, string taskId) => Encoding.ASCII.GetBytes($$"""{"href":"{{Address(queue, taskId)}}/result"}""");

    private static Client.Wire.TaskError? Error(Engine.TaskError? error) => error is null
        ? null
        : new Client.Wire.TaskError { Type = error.Type, Message = error.Message, Retryable = error.Retryable };

    private static VerdictInfo? Verdict(TaskVerdict? verdict) => verdict is null
        ? null
        : new VerdictInfo { TaskId = verdict.TaskId, Pass = verdict.Pass, Reason = verdict.Reason, Score = verdict.Score };

    private static TaskAttempt Attempt(AttemptRecord attempt) => new()
    {
        Attempt = attempt.Attempt,
        AgentId = attempt.AgentId,
        InstanceId = attempt.InstanceId,
        StartedAt = Times.At(attempt.StartedUnixMs),
        FinishedAt = Times.At(attempt.FinishedUnixMs),
        Outcome = attempt.Outcome,
        Error = Error(attempt.Error),
    };

    /// <summary>A value that is there, or nothing.</summary>
    internal static RawJson? OrNull(ReadOnlyMemory<byte> json) => json.IsEmpty ? null : RawJson.FromTrusted(json);
}
