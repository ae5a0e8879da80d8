using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Tasks are handed out.</summary>
internal sealed partial class NaiveQueue
{
    private string Claim(Command.Claim claim)
    {
        Granted = Standing(claim);
        if (Granted.Count > 0) return Ids(Granted);
        if (claim.IsOfRegistered && _agents.GetValueOrDefault(claim.AgentId) is not { IsRegistered: true }) return NoAgent;
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
        // The grants as they are now: one that is given back before the answer leaves is the task's no more.
        Answers.Add((wait.Claim, Ids(tasks), LeasesOf(tasks)));
        Remember(wait.Claim, Ids(tasks));
    }

    /// <summary>What was granted, with the leases that stand now.</summary>
    public static List<(string TaskId, NaiveLease Lease)> LeasesOf(List<NaiveTask> tasks) => [.. tasks.Select(task => (task.Id, task.Lease!))];

    private void AnswerWaits()
    {
        if (IsScored)
        {
            MatchWaits();
            return;
        }
        foreach (var wait in _waits.OrderBy(wait => wait.Ticket).ToList())
        {
            if (Grant(wait.Claim) is { Count: > 0 } tasks) Answer(wait, tasks);
        }
    }

    private List<NaiveTask> Grant(Command.Claim claim)
    {
        var agent = Agent(claim.AgentId);
        var granted = new List<NaiveTask>();
        if (agent.IsDraining) return granted;
        while (granted.Count < claim.Max && Next(agent, claim) is { } task)
        {
            if (IsExhausted(task)) Exhaust(task);
            else if (IsSetAsideForOthers(task)) Hold(task);
            else granted.Add(Assign(task, claim));
        }
        return granted;
    }

    private NaiveTask Assign(NaiveTask task, Command.Claim claim)
    {
        var duration = claim.LeaseMs ?? task.What.Body.LeaseMs;
        task.Lease = new NaiveLease
        {
            Agent = claim.AgentId,
            Instance = claim.InstanceId ?? "",
            ClaimId = ClaimIdOf(claim),
            DurationMs = duration,
            Sequence = ++_lastGrant,
            GrantedUnixMs = Now.UnixMs,
            Reserved = Needs(task),
            Ends = Now.TickMs + duration,
            Started = Now.TickMs - task.WorkedMs,
            Changed = Now.TickMs,
        };
        if (!task.IsOpen) task.StartedUnixMs = Now.UnixMs;
        (task.State, task.Agent) = (TaskState.Assigned, claim.AgentId);
        TakeTurn(task);
        NoteRate(task);
        return task;
    }

    private string Ungrant(Command.Ungrant ungrant)
    {
        if (!_tasks.TryGetValue(ungrant.TaskId, out var task) || task.Lease is not { } lease || lease.Token != ungrant.Token) return "done";
        if (task.State == TaskState.Assigned && --lease.Callers == 0) GiveBack(task);
        return "done";
    }

    /// <summary>Nobody ever heard of the grant.</summary>
    private void GiveBack(NaiveTask task)
    {
        EndGrant(task, usesNothing: true);
        if (task.CancelRequested) End(task, TaskState.Cancelled, "cancelled");
        else Enter(task);
    }

    /// <summary>To name a grant is to be heard of, as with a heartbeat. What is not named and was never begun did not reach its agent; what was begun runs on.</summary>
    private string Rejoin(Command.Rejoin rejoin)
    {
        var standing = new List<StandingGrant>();
        foreach (var task in Tasks.Where(task => task.Lease is { } lease && lease.Agent == rejoin.AgentId && lease.Instance == rejoin.InstanceId).ToList())
        {
            var grant = new HeldGrant(task.Id, task.Lease!.Token);
            if (rejoin.Held.Contains(grant))
            {
                HearFrom(task);
                standing.Add(new StandingGrant(grant, task.Lease.DurationMs, task.CancelRequested));
            }
            else if (task is { State: TaskState.Assigned, Lease.ClaimId: null }) GiveBack(task);
        }
        return OutcomeText.Standing(standing);
    }
}
