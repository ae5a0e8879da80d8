using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Tasks come back.</summary>
internal sealed partial class NaiveQueue
{
    private NaiveTask? Find(string id, UInt128 token, SettleVerb? verb, out string text)
    {
        text = "";
        if (!_tasks.TryGetValue(id, out var task)) text = NoTask(id);
        else if (task.Lease?.Token == token) return task;
        else if (verb is { } same && task.Settled.Contains((token, same))) text = Words.Of(task.State);
        else text = task.State.IsFinal() ? $"refused task-finished {id}" : $"refused lease-lost {id}";
        return null;
    }

    private string Heartbeat(Command.Heartbeat heartbeat)
    {
        if (Find(heartbeat.TaskId, heartbeat.Token, null, out var text) is not { Lease: { } lease } task) return text;
        var before = (task.Progress, task.Message, task.Checkpoint);
        task.Progress = heartbeat.Progress ?? task.Progress;
        task.Message = heartbeat.Message ?? task.Message;
        if (heartbeat.Checkpoint is { } checkpoint) task.Checkpoint = Encoding.UTF8.GetString(checkpoint.Span);
        if (before != (task.Progress, task.Message, task.Checkpoint)) lease.Changed = Now.TickMs;
        task.Reported = heartbeat.Usage ?? task.Reported;
        HearFrom(task);
        return $"{lease.DurationMs}ms{(task.CancelRequested ? " cancel" : "")}";
    }

    private void HearFrom(NaiveTask task)
    {
        var lease = task.Lease!;
        (lease.Ends, lease.Regrants, task.State) = (Now.TickMs + lease.DurationMs, 0, TaskState.InProgress);
    }

    private string Complete(Command.Complete complete)
    {
        if (Find(complete.TaskId, complete.Token, SettleVerb.Complete, out var text) is not { } task) return text;
        task.Reported = complete.Usage ?? task.Reported;
        var isJudged = task.What.Body.Policy.Verifier is not null;
        if (isJudged && task.CancelRequested)
        {
            Wait(task, complete.Token, SettleVerb.Complete, WaitReason.Verdict);
            return Words.Of(task.State);
        }
        if (complete.Result is { } result) task.Result = Encoding.UTF8.GetString(result.Span);
        (task.Progress, task.Error, task.By) = (1, "none", "none");
        if (isJudged)
        {
            AwaitVerdict(task, complete.Token);
            return Words.Of(task.State);
        }
        EndAttempt(task, "completed", true);
        Settle(task, complete.Token, SettleVerb.Complete);
        Finish(task, TaskState.Completed);
        return Words.Of(task.State);
    }

    private string Fail(Command.Fail fail)
    {
        if (Find(fail.TaskId, fail.Token, SettleVerb.Fail, out var text) is not { } task) return text;
        Settle(task, fail.Token, SettleVerb.Fail);
        task.Error = fail.Error.Type;
        if (fail.RetryAfterMs is { } wait && fail.Error.Retryable)
        {
            EndRequeue(task, "deferred");
            if (!EndsInstead(task)) BackOff(task, wait);
            return Words.Of(task.State);
        }
        EndAttempt(task, "failed", task.CancelRequested ? null : false);
        if (task.CancelRequested) Finish(task, TaskState.Cancelled);
        else if (!fail.Error.Retryable || !HasAttempts(task)) Finish(task, TaskState.Failed);
        else BackOff(task, task.What.Body.Backoff.DelayMs(task.Used - task.Forgiven, Random));
        return Words.Of(task.State);
    }

    private string Release(Command.Release release)
    {
        if (Find(release.TaskId, release.Token, SettleVerb.Release, out var text) is not { } task) return text;
        Settle(task, release.Token, SettleVerb.Release);
        TakeBack(task);
        return Words.Of(task.State);
    }

    private void TakeBack(NaiveTask task)
    {
        EndRequeue(task, "released");
        if (!EndsInstead(task)) ComeBack(task);
    }

    private static bool HasAttempts(NaiveTask task) => task.Used - task.Forgiven < task.What.Body.MaxAttempts;

    private bool EndsInstead(NaiveTask task)
    {
        if (task.CancelRequested) End(task, TaskState.Cancelled, "cancelled");
        else if (task.Requeues > Limits.Requeues)
        {
            task.Error = "requeue-limit";
            End(task, TaskState.Failed, "requeue-limit");
        }
        else return false;
        return true;
    }

    private void ComeBack(NaiveTask task)
    {
        var times = task.Losses + task.Requeues;
        if (times <= 1) Enter(task);
        else BackOff(task, task.What.Body.Backoff.DelayMs(times - 1, Random));
    }

    private void BackOff(NaiveTask task, long waitMs)
    {
        task.State = TaskState.Scheduled;
        task.BackoffMs = Math.Max(1, waitMs);
        (task.BackoffEndsTick, task.BackoffEndsUnixMs) = (Now.TickMs + task.BackoffMs, Now.UnixMs + task.BackoffMs);
    }

    private void EndRequeue(NaiveTask task, string outcome)
    {
        EndGrant(task, usesNothing: true);
        task.Requeues++;
        task.Attempts.Add($"{task.Used + 1}:{outcome}");
    }

    /// <summary>The end of a grant and of its attempt.</summary>
    /// <param name="task">The task.</param>
    /// <param name="outcome">What came of the attempt.</param>
    /// <param name="success">What that says of the agent; null: nothing.</param>
    private void EndAttempt(NaiveTask task, string outcome, bool? success)
    {
        var agent = Agent(task.Lease!.Agent);
        var seconds = Math.Max(0, Now.TickMs - task.Lease.Started) / 1000.0;
        EndGrant(task);
        NoteAttempt(task, outcome);
        if (success is { } good) Observe(agent, task, good, seconds);
    }

    private static void Observe(NaiveAgent agent, NaiveTask task, bool good, double seconds)
    {
        var rate = good ? 1.0 : 0.0;
        agent.SuccessRate = agent.Total == 0 ? rate : 0.9 * agent.SuccessRate + 0.1 * rate;
        agent.MeanSeconds = agent.Total == 0 ? seconds : 0.9 * agent.MeanSeconds + 0.1 * seconds;
        agent.Types[task.What.Type] = agent.Types.TryGetValue(task.What.Type, out var known)
            ? (0.9 * known.SuccessRate + 0.1 * rate, 0.9 * known.MeanSeconds + 0.1 * seconds)
            : (rate, seconds);
        agent.Total++;
        agent.IsStored = true;
    }

    private static void NoteAttempt(NaiveTask task, string outcome)
    {
        task.Used++;
        task.Attempts.Add($"{task.Used}:{outcome}");
        (task.IsOpen, task.WorkedMs) = (false, 0);
    }

    /// <summary>The end of a grant: one that reported nothing has used what was set aside, unless the agent says or never knew that it had it.</summary>
    private void EndGrant(NaiveTask task, bool usesNothing = false)
    {
        var lease = task.Lease!;
        Use(task, task.Reported ?? (usesNothing ? default : lease.Reserved));
        foreach (var lane in _held.Keys.Where(lane => (lane.Graph is not null && lane.Graph == task.GraphId) || (lane.Budget is not null && lane.Budget == task.Flow.BudgetKey)).ToList()) _held.Remove(lane);
        (task.Lease, task.Reported, task.IsWaived) = (null, null, false);
    }

    private static void Settle(NaiveTask task, UInt128 token, SettleVerb verb)
    {
        task.Settled.Add((token, verb));
        if (task.Settled.Count > 4) task.Settled.RemoveAt(0);
    }
}
