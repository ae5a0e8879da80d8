namespace TaskPlatform.Engine;

/// <summary>What the holder of a lease can do.</summary>
public sealed partial class TaskEngine
{
    private const int SettledKept = 4;

    /// <summary>Finds the task that a token speaks for; else says what the caller is to be told.</summary>
    private TaskItem? FindLeased(string taskId, UInt128 token, SettleVerb? verb, out Outcome other)
    {
        if (!_tasks.TryGetValue(taskId, out var task))
        {
            other = NotFound(taskId);
            return null;
        }
        other = null!;
        if (task.Lease?.Token == token && MaySpeakFor(task.Lease.AgentId)) return task;
        if (verb is { } same && task.Settled.Contains(new SettledGrant(token, same))) other = Answer(task);
        else if (task.State.IsFinal()) other = RefuseFinished(task);
        else other = Refuse(Refusal.LeaseLost, $"The lease token names no lease of the task '{taskId}' that stands.", taskId);
        return null;
    }

    private bool MaySpeakFor(string agentId) => !FederationMarks.IsPeer(agentId) || _speaker == agentId;

    private Outcome Heartbeat(Command.Heartbeat heartbeat, Moment now)
    {
        if (FindLeased(heartbeat.TaskId, heartbeat.Token, verb: null, out var other) is not { } task) return other;
        Touch(_agents[task.Lease!.AgentId], task.Lease.InstanceId, now);
        if (heartbeat.IsWaiting && task.State == TaskState.Assigned) return ExtendWaiting(task, task.Lease, now);
        var isNews = TakeNews(task, heartbeat);
        var lease = task.Lease with { ChangedTick = isNews ? now.TickMs : task.Lease.ChangedTick };
        if (lease.Regrants > 0) MarkDirty(task);
        HearFrom(task, lease, now);
        if (isNews) Tell(TaskEvent.Progress, task);
        return new Outcome.Extended(lease.DurationMs, task.CancelRequested);
    }

    /// <summary>The attempt begins when its holder begins it: until then neither its time nor the time without news runs.</summary>
    private Outcome.Extended ExtendWaiting(TaskItem task, Lease lease, Moment now)
    {
        ExtendLease(task, lease with { StartedTick = now.TickMs - (task.History?.WorkedMs ?? 0), ChangedTick = now.TickMs }, now);
        return new Outcome.Extended(lease.DurationMs, task.CancelRequested);
    }

    /// <summary>The holder has shown that it lives, so that the task is being worked on.</summary>
    private void HearFrom(TaskItem task, Lease lease, Moment now)
    {
        ExtendLease(task, lease, now);
        if (task.State == TaskState.Assigned) Move(task, TaskState.InProgress, now);
    }

    private void ExtendLease(TaskItem task, Lease lease, Moment now)
    {
        task.Lease = lease with { EndsTick = now.TickMs + lease.DurationMs, Regrants = 0 };
        SetTimers(task, now);
    }

    /// <returns>Whether anything changed that is worth storing and telling.</returns>
    private bool TakeNews(TaskItem task, Command.Heartbeat heartbeat)
    {
        var isNews = false;
        if (heartbeat is { Progress: null, Message: null, Checkpoint: null, Usage: null }) return false;
        var history = task.Told;
        if (heartbeat.Progress is { } progress && progress != history.Progress) (history.Progress, isNews) = (progress, true);
        if (heartbeat.Message is { } message && message != history.Message) (history.Message, isNews) = (message, true);
        if (heartbeat.Checkpoint is { } checkpoint && !checkpoint.Span.SequenceEqual(history.Checkpoint.Span))
            (history.Checkpoint, isNews) = (checkpoint, true);
        if (isNews | TakeUsage(task, heartbeat.Usage)) MarkDirty(task);
        return isNews;
    }

    /// <summary>A report is the running total of its grant, so that a report that is repeated counts once.</summary>
    private static bool TakeUsage(TaskItem task, Usage? usage)
    {
        if (usage is not { } used || used == task.History?.Reported) return false;
        task.Told.Reported = used;
        return true;
    }

    private Outcome Complete(Command.Complete complete, Moment now)
    {
        if (FindLeased(complete.TaskId, complete.Token, SettleVerb.Complete, out var other) is not { } task) return other;
        TakeUsage(task, complete.Usage);
        var history = task.Told;
        // What an earlier attempt was sure of says nothing about this one.
        history.Confidence = complete.Confidence ?? double.NaN;
        if (complete.Confidence is { } confidence)
        {
            ObserveConfidence(task, confidence);
            if (IsTooUnsure(task, confidence, now)) return Escalate(task, complete.Token, confidence, now);
        }
        var isJudged = VerifierOf(task) is not null;
        if (isJudged && task.CancelRequested) return Suspend(task, complete.Token, SettleVerb.Complete, WaitReason.Verdict, now);
        if (complete.Result is { } result) (history.Result, task.ResultBytes, task.ResultIsDirty) = (result, result.Length, true);
        (history.Progress, history.Error, history.CancelledBy) = (1, null, null);
        if (isJudged) return AwaitVerdict(task, complete.Token, now);
        EndAttempt(task, AttemptRecord.Completed, error: null, success: true, now);
        Settle(task, complete.Token, SettleVerb.Complete);
        Finish(task, TaskState.Completed, now);
        return AnswerEnded(task);
    }

    private Outcome Fail(Command.Fail fail, Moment now)
    {
        if (FindLeased(fail.TaskId, fail.Token, SettleVerb.Fail, out var other) is not { } task) return other;
        task.Told.Error = fail.Error;
        Settle(task, fail.Token, SettleVerb.Fail);
        if (fail.RetryAfterMs is { } wait && fail.Error.Retryable) Defer(task, wait, now);
        else FailAttempt(task, fail.Error, now);
        return AnswerEnded(task);
    }

    private Outcome AnswerEnded(TaskItem task) => _isBrief
        ? new Outcome.Noted(task.State, IsNew: false, task.Type, task.Attempts[^1])
        : new Outcome.TaskAnswer(View(task), Ended: task.Attempts[^1]);

    private static bool HasAttemptLeft(TaskItem task)
        => task.History!.AttemptsUsed - task.History.AttemptsForgiven < task.Body!.Policy.MaxAttempts;

    private void Defer(TaskItem task, long waitMs, Moment now)
    {
        EndGiveBack(task, AttemptRecord.Deferred, task.Error, now);
        if (EndsInstead(task, now)) return;
        StartBackoff(task, waitMs, now);
        Tell(TaskEvent.Retrying, task);
    }

    private void FailAttempt(TaskItem task, TaskError error, Moment now)
    {
        EndAttempt(task, AttemptRecord.Failed, error, success: task.CancelRequested ? null : false, now);
        if (task.CancelRequested) Finish(task, TaskState.Cancelled, now);
        else FailOrRetry(task, error, now);
    }

    private void FailOrRetry(TaskItem task, TaskError error, Moment now)
    {
        if (!error.Retryable || !HasAttemptLeft(task))
        {
            Finish(task, TaskState.Failed, now);
            return;
        }
        var failures = task.History!.AttemptsUsed - task.History.AttemptsForgiven;
        StartBackoff(task, task.Body!.Policy.Backoff.DelayMs(failures, random()), now);
        Tell(TaskEvent.Retrying, task);
    }

    private Outcome Release(Command.Release release, Moment now)
    {
        if (FindLeased(release.TaskId, release.Token, SettleVerb.Release, out var other) is not { } task) return other;
        Settle(task, release.Token, SettleVerb.Release);
        TakeBack(task, TaskEvent.Released, now);
        return AnswerEnded(task);
    }

    /// <summary>Its agent has it no more, and did nothing wrong. Uses no attempt.</summary>
    private void TakeBack(TaskItem task, string kind, Moment now)
    {
        EndGiveBack(task, AttemptRecord.Released, error: null, now);
        if (!EndsInstead(task, now)) ComeBack(task, kind, now);
    }

    /// <summary>A task that was to be cancelled, or that was given back too often, does not come back.</summary>
    private bool EndsInstead(TaskItem task, Moment now)
    {
        if (task.CancelRequested)
        {
            Finish(task, TaskState.Cancelled, now);
            return true;
        }
        if (task.Told.Requeues <= limits.Requeues) return false;
        task.Told.Error = new TaskError("requeue-limit", $"Released or deferred more than {limits.Requeues} times.", Retryable: false);
        Finish(task, TaskState.Failed, now);
        return true;
    }

    /// <summary>A lease ran out, or the engine takes it away. Counts as an attempt.</summary>
    private void LoseLease(TaskItem task, string outcome, string message, Moment now)
    {
        var error = new TaskError(outcome, message, Retryable: true);
        task.Told.Losses++;
        task.Told.Error = error;
        EndAttempt(task, outcome, error, success: task.CancelRequested ? null : false, now);
        if (task.CancelRequested) Finish(task, TaskState.Cancelled, now);
        else if (!HasAttemptLeft(task)) Finish(task, TaskState.Failed, now);
        else ComeBack(task, TaskEvent.LeaseLost, now);
    }

    /// <summary>The first time at once and at its old place; from then on after a backoff, lest a poisonous task spins.</summary>
    private void ComeBack(TaskItem task, string kind, Moment now)
    {
        var times = task.Told.Losses + task.Told.Requeues;
        if (times <= 1) Requeue(task, now);
        else StartBackoff(task, task.Body!.Policy.Backoff.DelayMs(times - 1, random()), now);
        Tell(kind, task);
    }

    private void Requeue(TaskItem task, Moment now) => Move(task, TaskState.Pending, now);

    private void StartBackoff(TaskItem task, long waitMs, Moment now)
    {
        // At least a millisecond: none at all stands for "waits for its date".
        var history = task.Told;
        history.BackoffMs = Math.Max(1, waitMs);
        history.BackoffEndsUnixMs = now.UnixMs + history.BackoffMs;
        Move(task, TaskState.Scheduled, now);
    }

    private void EndGiveBack(TaskItem task, string outcome, TaskError? error, Moment now)
    {
        var lease = EndGrant(task, now, isUntouched: true);
        task.Told.Requeues++;
        Record(task, lease.AgentId, lease.InstanceId, task.AttemptsUsed + 1, outcome, error, now);
    }

    /// <param name="task">The task.</param>
    /// <param name="outcome">How the attempt is remembered.</param>
    /// <param name="error">What went wrong, if anything did.</param>
    /// <param name="success">What it says about the agent; null: nothing, since it was asked to stop.</param>
    /// <param name="now">The time.</param>
    private void EndAttempt(TaskItem task, string outcome, TaskError? error, bool? success, Moment now)
    {
        var lease = EndGrant(task, now);
        UseAttempt(task, lease.AgentId, lease.InstanceId, outcome, error, now);
        if (success is { } observed) Observe(task, lease.AgentId, observed, Math.Max(0, now.TickMs - lease.StartedTick));
    }

    private void UseAttempt(TaskItem task, string agentId, string? instanceId, string outcome, TaskError? error, Moment now)
    {
        var history = task.Told;
        history.AttemptsUsed++;
        (history.IsAttemptOpen, history.WorkedMs) = (false, 0);
        Record(task, agentId, instanceId, history.AttemptsUsed, outcome, error, now);
    }

    /// <summary>What an attempt says about its agent, if it is still known, and about the candidate of its route.</summary>
    private void Observe(TaskItem task, string agentId, bool success, long workedMs)
    {
        ObserveRoute(task, success, workedMs);
        if (!_agents.TryGetValue(agentId, out var agent)) return;
        var seconds = workedMs / 1000.0;
        agent.Observe(task.Type, success, seconds, limits.AgentTypes);
        _pairs?.Observed(agent, task.Type, success, seconds);
        MarkDirty(agent);
    }

    /// <summary>The task is over while nobody holds it, in the middle of an attempt: it waited, or was to go on after a wait.</summary>
    private void EndOpenAttempt(TaskItem task, TaskState state, Moment now)
    {
        var error = state == TaskState.Failed ? task.History!.Error : null;
        UseAttempt(task, task.AssignedAgent!, null, error?.Type ?? AttemptRecord.Cancelled, error, now);
    }

    private void Record(TaskItem task, string agentId, string? instanceId, int attempt, string outcome, TaskError? error, Moment now)
    {
        var record = new AttemptRecord(attempt, agentId, instanceId, task.StartedUnixMs ?? now.UnixMs, now.UnixMs, outcome, error);
        var attempts = task.Attempts;
        var kept = attempts.Length < 2 * limits.AttemptsKept ? attempts : attempts.RemoveAt(limits.AttemptsKept);
        task.Told.Attempts = kept.Add(record);
        _endedAttempt = record;
    }

    private static void Settle(TaskItem task, UInt128 token, SettleVerb verb)
    {
        var kept = task.Settled.Length < SettledKept ? task.Settled : task.Settled.RemoveAt(0);
        task.Settled = kept.Add(new SettledGrant(token, verb));
    }
}
