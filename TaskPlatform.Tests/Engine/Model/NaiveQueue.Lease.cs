using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Tasks are handed out and come back.</summary>
internal sealed partial class NaiveQueue
{
    private string Claim(Command.Claim claim)
    {
        Granted = Standing(claim);
        if (Granted.Count > 0) return Ids(Granted);
        AnswerWaits();
        var ticket = EndEarlierWait(claim);
        Agent(claim.AgentId);
        Granted = Grant(claim);
        if (Granted.Count > 0 || claim.WaitMs == 0) return Ids(Granted);
        _waits.Add(new NaiveWait(claim, ticket ?? ++_lastTicket, Now.TickMs + claim.WaitMs));
        return "waits";
    }

    private static string? ClaimIdOf(Command.Claim claim) => claim.ClaimId ?? (claim.Key is null ? null : $"key/{claim.Key.Key}");

    private List<NaiveTask> Standing(Command.Claim claim)
    {
        var id = ClaimIdOf(claim);
        var standing = Tasks.Where(task => id is not null && task.Lease?.ClaimId == id && task.Lease.Agent == claim.AgentId)
            .OrderBy(task => task.Lease!.Sequence).ToList();
        foreach (var task in standing)
        {
            task.Lease!.Callers++;
            task.Lease.Regrants = 0;
            task.Lease.Ends = Now.TickMs + task.Lease.DurationMs;
        }
        return standing;
    }

    private long? EndEarlierWait(Command.Claim claim)
    {
        var earlier = _waits.FirstOrDefault(wait => ClaimIdOf(wait.Claim) is { } id && id == ClaimIdOf(claim) && wait.Claim.AgentId == claim.AgentId);
        if (earlier is not null) Answer(earlier, []);
        return earlier?.Ticket;
    }

    private void Answer(NaiveWait wait, List<NaiveTask> tasks)
    {
        _waits.Remove(wait);
        Answers.Add((wait.Claim, tasks));
        Remember(wait.Claim, Ids(tasks));
    }

    private void AnswerWaits()
    {
        foreach (var wait in _waits.OrderBy(wait => wait.Ticket).ToList())
        {
            if (Grant(wait.Claim) is { Count: > 0 } tasks) Answer(wait, tasks);
        }
    }

    private List<NaiveTask> Grant(Command.Claim claim)
    {
        var agent = Agent(claim.AgentId);
        var load = _tasks.Values.Count(task => task.Lease is { } lease && lease.Agent == claim.AgentId && lease.Instance == (claim.InstanceId ?? ""));
        var room = agent.IsRegistered ? agent.MaxConcurrency - load : int.MaxValue;
        if (agent.IsDraining || _isPaused) return [];
        var ready = Tasks.Where(task => task.State == TaskState.Pending && !_pausedTypes.Contains(task.What.Type) && Fits(agent, claim, task.What)).ToList();
        var granted = new List<NaiveTask>();
        for (var wanted = Math.Min(claim.Max, room); wanted > 0 && ready.Count > 0; wanted--)
        {
            // Ageing compares the oldest of each lane and priority: after a step of the clock a younger task may look older.
            var heads = ready.GroupBy(task => (task.What.Type, task.What.Body.Capabilities.Length, task.What.Priority)).Select(group => group.MinBy(task => task.Order)!);
            granted.Add(heads.OrderBy(EffectivePriority).ThenBy(task => task.Order).First());
            ready.Remove(granted[^1]);
        }
        foreach (var task in granted) Assign(task, claim);
        return granted;
    }

    private static bool Fits(NaiveAgent agent, Command.Claim claim, TaskSubmission task)
    {
        var listed = claim.Types is { IsEmpty: false } types ? types.ToHashSet() : null;
        if (!agent.IsRegistered && listed is null) return task.Body.Capabilities.IsEmpty;
        var capabilities = agent.IsRegistered ? agent.Capabilities : listed!;
        var isNarrowedOut = agent.IsRegistered && listed is not null && !listed.Contains(task.Type);
        return !isNarrowedOut && (capabilities.Contains(task.Type) || capabilities.Contains("general")) && task.Body.Capabilities.All(capabilities.Contains);
    }

    private long EffectivePriority(NaiveTask task)
        => _ageingMs == 0 ? (long)task.What.Priority : Math.Max(1, (long)task.What.Priority - Math.Max(0, Now.UnixMs - task.CreatedUnixMs) / _ageingMs);

    private void Assign(NaiveTask task, Command.Claim claim)
    {
        var duration = claim.LeaseMs ?? task.What.Body.LeaseMs;
        task.Lease = new NaiveLease
        {
            Agent = claim.AgentId,
            Instance = claim.InstanceId ?? "",
            ClaimId = ClaimIdOf(claim),
            DurationMs = duration,
            Sequence = ++_lastGrant,
            Ends = Now.TickMs + duration,
            Started = Now.TickMs,
            Changed = Now.TickMs,
        };
        (task.State, task.Agent, task.StartedUnixMs) = (TaskState.Assigned, claim.AgentId, Now.UnixMs);
    }

    private NaiveTask? Find(string id, UInt128 token, SettleVerb? verb, out string text)
    {
        text = "";
        if (!_tasks.TryGetValue(id, out var task)) text = $"refused task-not-found {id}";
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
        task.GrantTokens = heartbeat.Usage?.Tokens ?? task.GrantTokens;
        (lease.Ends, lease.Regrants, task.State) = (Now.TickMs + lease.DurationMs, 0, TaskState.InProgress);
        return $"{lease.DurationMs}ms{(task.CancelRequested ? " cancel" : "")}";
    }

    private string Complete(Command.Complete complete)
    {
        if (Find(complete.TaskId, complete.Token, SettleVerb.Complete, out var text) is not { } task) return text;
        if (complete.Result is { } result) task.Result = Encoding.UTF8.GetString(result.Span);
        (task.Progress, task.Error) = (1, "none");
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
        else if (!fail.Error.Retryable || task.Used >= task.What.Body.MaxAttempts) Finish(task, TaskState.Failed);
        else BackOff(task, task.What.Body.Backoff.DelayMs(task.Used, Random));
        return Words.Of(task.State);
    }

    private string Release(Command.Release release)
    {
        if (Find(release.TaskId, release.Token, SettleVerb.Release, out var text) is not { } task) return text;
        Settle(task, release.Token, SettleVerb.Release);
        EndRequeue(task, "released");
        if (!EndsInstead(task)) ComeBack(task);
        return Words.Of(task.State);
    }

    private string Ungrant(Command.Ungrant ungrant)
    {
        if (!_tasks.TryGetValue(ungrant.TaskId, out var task) || task.Lease is not { } lease || lease.Token != ungrant.Token) return "done";
        if (task.State != TaskState.Assigned || --lease.Callers > 0) return "done";
        EndGrant(task);
        if (task.CancelRequested) Finish(task, TaskState.Cancelled);
        else task.State = TaskState.Pending;
        return "done";
    }

    private bool EndsInstead(NaiveTask task)
    {
        if (task.CancelRequested) Finish(task, TaskState.Cancelled);
        else if (task.Requeues > Limits.Requeues)
        {
            task.Error = "requeue-limit";
            Finish(task, TaskState.Failed);
        }
        else return false;
        return true;
    }

    private void ComeBack(NaiveTask task)
    {
        var times = task.Losses + task.Requeues;
        if (times <= 1) task.State = TaskState.Pending;
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
        EndGrant(task);
        task.Requeues++;
        task.Attempts.Add($"{task.Used + 1}:{outcome}");
    }

    private void EndAttempt(NaiveTask task, string outcome, bool? success)
    {
        var agent = Agent(task.Lease!.Agent);
        EndGrant(task);
        task.Used++;
        task.Attempts.Add($"{task.Used}:{outcome}");
        if (success is not { } good) return;
        var rate = good ? 1.0 : 0.0;
        agent.SuccessRate = agent.Total == 0 ? rate : 0.9 * agent.SuccessRate + 0.1 * rate;
        agent.Total++;
        agent.IsStored = true;
    }

    private static void EndGrant(NaiveTask task)
    {
        task.Lease = null;
        task.Tokens += task.GrantTokens;
        task.GrantTokens = 0;
    }

    private static void Settle(NaiveTask task, UInt128 token, SettleVerb verb)
    {
        task.Settled.Add((token, verb));
        if (task.Settled.Count > 4) task.Settled.RemoveAt(0);
    }
}
