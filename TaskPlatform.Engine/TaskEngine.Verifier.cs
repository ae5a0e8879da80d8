using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace TaskPlatform.Engine;

/// <summary>Results that count only when a verifier has passed them. docs/coordination.md, "Verifier".</summary>
public sealed partial class TaskEngine
{
    private const int LongestId = 128;

    /// <summary>Tasks whose verdict is in the store only, by the verifier's task: it is wanted, and they go on when it is brought.</summary>
    private readonly Dictionary<string, TaskItem> _judgedLater = [];
    private readonly List<TaskItem> _loadedUnjudged = [];

    /// <summary>While records are loaded: tasks that wait for a verdict on a result that memory does not have. The loader gives it back to them.</summary>
    public IReadOnlyList<TaskItem> LoadedUnjudged => _loadedUnjudged;

    /// <summary>The work is done, and a task of the verifier's type is to say whether it is good enough.</summary>
    private Outcome AwaitVerdict(TaskItem task, UInt128 token, Moment now)
    {
        GrowVerifier(task, now);
        return Suspend(task, token, SettleVerb.Complete, WaitReason.Verdict, now);
    }

    private void GrowVerifier(TaskItem task, Moment now)
    {
        var body = task.Body!;
        var verifier = Create(
            new TaskSubmission
            {
                Id = VerifierIdOf(task),
                Type = VerifierOf(task)!,
                Priority = task.Priority,
                Body = new TaskBody { Payload = Question(task), Flow = FlowOfVerifier(body.Flow), Traceparent = body.Traceparent },
            },
            task.GraphId, task, now);
        verifier.IsVerifier = true;
        task.Told.VerifierId = verifier.Id;
        Connect(verifier, now);
    }

    /// <summary>By the task and its attempt, so that people see what it judges; with a further number where somebody has taken that id.</summary>
    private string VerifierIdOf(TaskItem task)
    {
        var ending = string.Create(CultureInfo.InvariantCulture, $".verify.{task.Attempt}");
        for (var number = 1; ; number++)
        {
            var more = number == 1 ? ending : string.Create(CultureInfo.InvariantCulture, $"{ending}.{number}");
            var id = task.Id[..Math.Min(task.Id.Length, LongestId - more.Length)] + more;
            if (!_tasks.ContainsKey(id) && !_tombstones.ContainsKey(id)) return id;
        }
    }

    /// <summary>It takes its turn where the task does. What the task shares beside that is about its own kind of work.</summary>
    private static TaskFlow FlowOfVerifier(TaskFlow flow)
        => flow.FairnessKey is null ? TaskFlow.None : Shared<TaskFlow>.Of(new TaskFlow { FairnessKey = flow.FairnessKey });

    /// <summary>What was asked of the task. The answer to it, which is to be judged, is among the verifier's inputs.</summary>
    private static ReadOnlyMemory<byte> Question(TaskItem task)
    {
        var payload = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(payload);
        writer.WriteStartObject();
        writer.WriteString("taskId", task.Id);
        writer.WriteString("type", task.Type);
        writer.WriteNumber("attempt", task.Attempt);
        if (task.Body!.Description is { } description) writer.WriteString("description", description);
        if (task.Confidence is { } confidence) writer.WriteNumber("confidence", confidence);
        if (!task.Body.Payload.IsEmpty)
        {
            writer.WritePropertyName("payload");
            writer.WriteRawValue(task.Body.Payload.Span, skipInputValidation: true);
        }
        writer.WriteEndObject();
        writer.Flush();
        return payload.WrittenMemory.ToArray();
    }

    /// <summary>The verifier's task is over. Nothing passes that was not judged.</summary>
    private void HearVerdict(TaskItem task, TaskItem verifier, Moment now)
    {
        if (verifier is { State: TaskState.Completed, ResultBytes: > 0, Result.IsEmpty: true })
        {
            _judgedLater[verifier.Id] = task;
            Want(verifier);
            return;
        }
        if (verifier.State != TaskState.Completed || TaskVerdict.Read(verifier.Id, verifier.Result.Span) is not { } verdict)
        {
            Reject(task, VerifierFailed(verifier), success: null, now);
            return;
        }
        task.Told.Verdict = verdict;
        if (verdict.Pass) Pass(task, now);
        else Reject(task, Rejected(verdict), success: false, now);
    }

    /// <summary>The records of a verifier are here that somebody waits for.</summary>
    private void HearBroughtVerdict(string verifierId, Moment now)
    {
        if (!_judgedLater.Remove(verifierId, out var task) || !_tasks.TryGetValue(verifierId, out var verifier)) return;
        if (task.History is { Waits: WaitReason.Verdict, VerifierId: { } awaited } && awaited == verifierId) HearVerdict(task, verifier, now);
    }

    private void Pass(TaskItem task, Moment now)
    {
        EndJudgedAttempt(task, AttemptRecord.Completed, error: null, success: true, now);
        Finish(task, TaskState.Completed, now);
    }

    /// <param name="task">The task.</param>
    /// <param name="error">Why its attempt has failed after all.</param>
    /// <param name="success">What that says about its agent; null: nothing.</param>
    /// <param name="now">The time.</param>
    private void Reject(TaskItem task, TaskError error, bool? success, Moment now)
    {
        task.Told.Error = error;
        EndJudgedAttempt(task, AttemptRecord.Failed, error, success, now);
        DropResult(task);
        StopWaiting(task);
        FailOrRetry(task, error, now);
    }

    /// <summary>A result that did not pass, or was never judged, is none.</summary>
    private static void DropResult(TaskItem task)
    {
        task.ResultBytes = -1;
        task.ResultIsDirty = false;
        if (task.History is { } history) history.Result = default;
    }

    /// <summary>The attempt was open while it was judged; its agent has long gone on.</summary>
    private void EndJudgedAttempt(TaskItem task, string outcome, TaskError? error, bool? success, Moment now)
    {
        var worked = task.Told.WorkedMs;
        UseAttempt(task, task.AssignedAgent!, null, outcome, error, now);
        if (success is { } observed) Observe(task, task.AssignedAgent!, observed, worked);
    }

    private static TaskError Rejected(TaskVerdict verdict)
    {
        var why = verdict.Reason is { } reason ? $": {reason}" : ".";
        return new TaskError("verifier-rejected", $"The result did not pass '{verdict.TaskId}'{why}", Retryable: true);
    }

    private static TaskError VerifierFailed(TaskItem verifier)
    {
        var why = verifier.State == TaskState.Completed
            ? " gave no verdict: an object with pass, true or false, and perhaps reason, a text, and score, a number."
            : $" is {Words.Of(verifier.State)}{(verifier.Error is { } error ? $": {error.Type}: {error.Message}" : ".")}";
        return new TaskError("verifier-failed", $"Nobody judged the result: '{verifier.Id}'{why}", Retryable: true);
    }
}
