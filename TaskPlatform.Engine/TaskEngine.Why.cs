using System.Collections.Immutable;
using System.Globalization;

namespace TaskPlatform.Engine;

/// <summary>Why a task is where it is, in words and in fields.</summary>
public sealed partial class TaskEngine
{
    private const int AgentsShown = 100;
    private const int PositionMost = 10_000;

    private Outcome Why(Command.Why why, Moment now)
    {
        if (!_tasks.TryGetValue(why.TaskId, out var task)) return NotFound(why.TaskId);
        return new Outcome.WhyAnswer(task.State switch
        {
            TaskState.Pending => WhyPending(task, now),
            TaskState.Assigned or TaskState.InProgress => WhyRunning(task, now),
            TaskState.Blocked => Because(task, WhyReason.Blocked, WhyBlocked(task)),
            TaskState.Scheduled => WhyScheduled(task, now),
            TaskState.Waiting => WhyWaiting(task, now),
            _ => Because(task, WhyReason.Finished, WhyFinished(task)),
        });
    }

    private WhyView Because(TaskItem task, string reason, string text, long? expectedStartUnixMs = null, ImmutableArray<string>? waitingFor = null)
        => new(task.State, reason, text, waitingFor ?? WaitingFor(task), null, expectedStartUnixMs, []);

    private WhyView WhyRunning(TaskItem task, Moment now)
    {
        var lease = task.Lease!;
        var cancel = task.CancelRequested ? " It was asked to stop." : "";
        var chosen = lease.Match is { } match ? $" It was chosen by {match.Terms.Text}." : Settings.Policy == MatchPolicy.Fifo ? " It was first in line by priority and arrival." : "";
        var routed = task.History?.Routing is { } routing ? $" {Routed(routing)}" : "";
        var left = Seconds(Math.Max(0, lease.EndsTick - now.TickMs));
        return Because(task, WhyReason.Running, $"Agent '{lease.AgentId}' has had it for {Seconds(now.UnixMs - lease.GrantedUnixMs)}; its lease ends in {left} without a heartbeat.{chosen}{routed}{cancel}");
    }

    private static string Routed(TaskRouting routing) => $"Its route '{routing.Route}' gave it to '{routing.Candidate}': {routing.Reason}.";

    private string WhyBlocked(TaskItem task)
    {
        var waitingFor = WaitingFor(task);
        var states = waitingFor.Take(5).Select(id => $"'{id}', which is {Words.Of(_tasks[id].State)}");
        var more = waitingFor.Length > 5 ? $" and {waitingFor.Length - 5} more" : "";
        return $"It waits for {string.Join(", ", states)}{more}.";
    }

    private WhyView WhyScheduled(TaskItem task, Moment now)
    {
        if (task.History is not { BackoffMs: > 0 } history)
            return Because(task, WhyReason.Scheduled, $"It is not to be started before {Time(task.NotBeforeUnixMs!.Value)}.", task.NotBeforeUnixMs);
        var ends = Math.Max(history.BackoffEndsUnixMs, task.NotBeforeUnixMs ?? 0);
        var error = history.Error is { } last ? $" after {last.Type}: {last.Message}" : "";
        return Because(task, WhyReason.Scheduled, $"It is tried again in {Seconds(Math.Max(0, ends - now.UnixMs))}{error}", ends);
    }

    private WhyView WhyWaiting(TaskItem task, Moment now) => task.History!.Waits switch
    {
        WaitReason.Children => Because(task, WhyReason.Waiting, $"It waits for {task.Family!.Open} of its {task.Family.Children.Count} children."),
        WaitReason.Verdict => Because(task, WhyReason.Waiting, $"Its result waits for the verdict of '{task.History.VerifierId}', a task of type '{_tasks[task.History.VerifierId!].Type}'."),
        WaitReason.Answer => Because(task, WhyReason.Waiting, $"It waits for an answer: {task.History.Question!.Text}"),
        _ => WhyOutOfBudget(task, now),
    };

    private WhyView WhyOutOfBudget(TaskItem task, Moment now)
    {
        var key = BudgetWaitedFor(task);
        var next = SharedGateOf(task) is { } shared && shared.Key == key && shared.NextPeriod(now.UnixMs) is var period && period != Moment.Never ? period : (long?)null;
        var what = key == task.Id ? "Its own budget" : $"The budget '{key}'";
        var when = next is { } at ? $" The next period begins at {Time(at)}." : "";
        return Because(task, WhyReason.Budget, $"{what} is exhausted. Raise it, or answer the task to let it go on.{when}", next);
    }

    private static string WhyFinished(TaskItem task)
    {
        var cause = task.CancelledBy is { } by ? $" because of '{by}'" : "";
        var error = task is { State: TaskState.Failed, Error: { } last } ? $": {last.Type}: {last.Message}" : "";
        var more = task.IsPartlyInStore && task.State != TaskState.Completed ? " The task itself says what went wrong." : "";
        return $"It is {Words.Of(task.State)} since {Time(task.FinishedUnixMs!.Value)}{cause}{error}.{more}";
    }

    private WhyView WhyPending(TaskItem task, Moment now)
    {
        var lane = task.Lane!;
        var fits = FitsOf(lane, task, now);
        var position = lane.CountBefore(task, now.UnixMs, Settings.AgeingMs, PositionMost) + 1;
        var (reason, text, key, opens) = Hindrance(lane, now);
        if (reason == WhyReason.Ready && !fits.Any(fit => fit.IsEligible)) (reason, text) = (WhyReason.NoAgent, WhyNoAgent(task, lane, fits.Count, now));
        else if (reason == WhyReason.Ready) text = $"It is ready, number {position} of {lane.Count} in its line.";
        if (task.History?.Routing is { } routing) text += $" {Routed(routing)}";
        return new WhyView(
            task.State, reason, text, key is null ? [] : [key], position <= PositionMost ? position : null, opens ?? ExpectedStart(lane, position, reason, now),
            [.. fits.Take(AgentsShown)]);
    }

    /// <summary>What keeps a whole lane from being handed out.</summary>
    private (string Reason, string Text, string? Key, long? OpensUnixMs) Hindrance(Lane lane, Moment now)
    {
        if (Settings.Paused) return (WhyReason.Paused, "The queue is paused.", null, null);
        if (lane.IsPaused) return (WhyReason.Paused, $"Tasks of type '{lane.Type}' are paused.", lane.Type, null);
        if (lane.Concurrency is { IsClosed: true } concurrency)
            return (WhyReason.Concurrency, $"{concurrency.Held} tasks with the concurrency key '{concurrency.Key}' run, and {concurrency.Limit} may.", concurrency.Key, null);
        if ((lane.Rate is { IsClosed: true } ? lane.Rate : lane.CandidateRate) is { IsClosed: true, Limit: { } limit } rate)
        {
            var opens = now.UnixMs + Math.Max(0, rate.OpensTick - now.TickMs);
            return (WhyReason.Rate, $"{limit.Count} tasks with the rate limit key '{rate.Key}' were started within {Seconds(limit.PerMs)}, as many as may be.", rate.Key, opens);
        }
        if (!lane.IsHeld && !lane.IsSettling) return (WhyReason.Ready, "", null, null);
        var key = (lane.HeldBy ?? lane.Budget ?? lane.GraphBudget)?.Key;
        return (WhyReason.Budget, $"What is left of the budget '{key}' is set aside for tasks that run.", key, null);
    }

    private string WhyNoAgent(TaskItem task, Lane lane, int agents, Moment now)
    {
        var since = Math.Max(ReadySince(task), lane.LastFitUnixMs);
        var demands = lane.Capabilities.IsEmpty ? "" : $" with {string.Join(", ", lane.Capabilities.Select(capability => $"'{capability}'"))}";
        var known = agents == 0 ? "No agent is here" : "None of the agents that are here fits";
        return $"{known}: for {Seconds(Math.Max(0, now.UnixMs - since))} nobody could take a task of type '{lane.Type}'{demands}.";
    }

    /// <summary>Agents that are here, eligible ones first, and whether each may take from a lane.</summary>
    private List<AgentFit> FitsOf(Lane lane, TaskItem task, Moment now)
    {
        var fits = new List<AgentFit>();
        foreach (var agent in _agents.Values.Where(agent => !FederationMarks.IsPeer(agent.Id)))
        {
            var seen = agent.InstancesById.Values.Where(instance => instance.IsPresent(now.UnixMs)).ToList();
            if (seen.Count == 0 && !agent.IsRegistered) continue;
            fits.Add(FitOf(agent, seen, lane, task, now));
        }
        fits.Sort((left, right) => left.IsEligible != right.IsEligible ? right.IsEligible.CompareTo(left.IsEligible) : string.CompareOrdinal(left.AgentId, right.AgentId));
        return fits;
    }

    private AgentFit FitOf(AgentItem agent, List<AgentInstance> seen, Lane lane, TaskItem task, Moment now)
    {
        if (seen.Count == 0) return new AgentFit(agent.Id, false, "it has not been heard of for a minute");
        if (agent.IsDraining) return new AgentFit(agent.Id, false, "it is draining");
        var refusals = seen.Select(instance => AbilityOf(agent, instance.LastAsked?.Types).WhyNot(lane)).ToList();
        if (refusals.TrueForAll(refusal => refusal is not null)) return new AgentFit(agent.Id, false, refusals[0]!);
        lane.LastFitUnixMs = now.UnixMs;
        var roomiest = seen.Where((_, index) => refusals[index] is null).MaxBy(instance => Room(agent, instance))!;
        var terms = Explain(task, agent, roomiest, now) is { } text ? $": {text}" : "";
        return new AgentFit(agent.Id, true, Room(agent, roomiest) >= lane.Weight ? $"it has a slot free{terms}" : $"it fits, but its slots are taken: {seen.Max(instance => instance.Load)} of {agent.Slots}");
    }

    private static long? ExpectedStart(Lane lane, int position, string reason, Moment now)
        => reason == WhyReason.Ready && lane.MeanGrantMs > 0 ? now.UnixMs + (long)(position * lane.MeanGrantMs) : null;

    private static string Seconds(long ms) => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:0.#} s");

    private static string Time(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
