using System.Globalization;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Results are judged before they count.</summary>
internal sealed partial class NaiveQueue
{
    private void AwaitVerdict(NaiveTask task, UInt128 token)
    {
        var verifier = Create(VerifierOf(task), task.GraphId, task.Id);
        verifier.IsVerifier = true;
        Place(verifier);
        task.VerifierId = verifier.Id;
        Wait(task, token, SettleVerb.Complete, WaitReason.Verdict);
    }

    private TaskSubmission VerifierOf(NaiveTask task)
    {
        var first = string.Create(CultureInfo.InvariantCulture, $"{task.Id}.verify.{task.Used + 1}");
        var ids = Enumerable.Range(2, 99).Select(number => string.Create(CultureInfo.InvariantCulture, $"{first}.{number}")).Prepend(first);
        return new TaskSubmission
        {
            Id = ids.First(id => !_tasks.ContainsKey(id) && !_tombstones.ContainsKey(id)),
            Type = task.What.Body.Policy.Verifier!,
            Priority = task.Priority,
            Body = new TaskBody { Flow = new TaskFlow { FairnessKey = task.Flow.FairnessKey } },
        };
    }

    /// <summary>The verifier is over: only a verdict that says so lets the result pass.</summary>
    private void Judge(NaiveTask task, NaiveTask verifier)
    {
        var verdict = verifier.State == TaskState.Completed ? TaskVerdict.Read(verifier.Id, Encoding.UTF8.GetBytes(verifier.Result ?? "")) : null;
        task.Verdict = verdict ?? task.Verdict;
        (task.Waits, task.VerifierId) = (WaitReason.None, null);
        var seconds = task.WorkedMs / 1000.0;
        NoteAttempt(task, verdict is { Pass: true } ? "completed" : "failed");
        if (verdict is not null && _agents.TryGetValue(task.Agent, out var agent)) Observe(agent, task, verdict.Pass, seconds);
        if (verdict is { Pass: true })
        {
            Finish(task, TaskState.Completed);
            return;
        }
        (task.Error, task.Result) = (verdict is null ? "verifier-failed" : "verifier-rejected", null);
        if (HasAttempts(task)) BackOff(task, task.What.Body.Backoff.DelayMs(task.Used - task.Forgiven, Random));
        else Finish(task, TaskState.Failed);
    }
}
