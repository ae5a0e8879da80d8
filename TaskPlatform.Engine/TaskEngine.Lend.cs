using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Tasks that go to another node of the federation for a time. To the queue the other node is an agent that holds a lease.</summary>
public sealed partial class TaskEngine
{
    private Outcome Lend(Command.Lend lend, Moment now)
    {
        if (FindAgent(FederationMarks.AgentOf(lend.Peer), now) is not { } agent) return RefuseAgent();
        // Whoever waits here goes first.
        AnswerWaitingClaims(now);
        var instance = Touch(agent, instanceId: null, now);
        if (Settings.Paused || agent.IsDraining || instance.Load >= lend.MostHeld || ToLend(lend, now) is not { } task) return Outcome.Claimed.Nothing;
        CountTime(agent, instance, now);
        var claim = new Command.Claim(agent.Id, InstanceId: null, Types: null, Max: 1, WaitMs: 0, Math.Min(lend.LeaseMs, task.Body!.Policy.LeaseMs), ClaimId: null);
        Assign(task, claim, instance, now);
        return new Outcome.Claimed([View(task)]);
    }

    private TaskItem? ToLend(Command.Lend lend, Moment now)
    {
        if (lend.TaskId is { } id) return _tasks.GetValueOrDefault(id) is { } named && lend.Types.Contains(named.Type) && MayBeLent(named) ? named : null;
        TaskItem? best = null;
        foreach (var type in lend.Types)
        {
            if (PlainLaneOf(type) is { } lane && FirstToLend(lane, now) is { } first && (best is null || GoesBefore(first, best, now))) best = first;
        }
        return best;
    }

    /// <summary>Of the heads of a lane alone: where all of them have to stay nothing of the type is lent until they are gone.</summary>
    private TaskItem? FirstToLend(Lane lane, Moment now)
    {
        TaskItem? best = null;
        for (var priority = 0; priority < Lane.Priorities; priority++)
        {
            if (lane.First(priority) is { } head && MayBeLent(head) && (best is null || GoesBefore(head, best, now))) best = head;
        }
        return best;
    }

    private bool GoesBefore(TaskItem left, TaskItem right, Moment now) => Lane.GoesBefore(left, right, now.UnixMs, Settings.AgeingMs);

    /// <summary>
    /// Only a task that says all about itself: no results of others, no parent, nothing added, saved or asked by an earlier attempt; and that shares no limit, turn, budget or
    /// route, over which only this queue decides. None travels on, and what a peer had and did not complete is done here.
    /// </summary>
    private static bool MayBeLent(TaskItem task)
        => task.State == TaskState.Pending
        && task.Lane is { IsOpen: true } lane && ReferenceEquals(lane, task.Tally!.PlainLane)
        && task.DependsOn.IsEmpty && task.ParentId is null && task.Family is null && !FederationMarks.IsForeign(task)
        && (task.History is null or { IsAttemptOpen: false, Checkpoint.IsEmpty: true, Question: null })
        && !task.Attempts.Any(attempt => FederationMarks.IsPeer(attempt.AgentId));

    private Lane? PlainLaneOf(string type) => _tallies.GetValueOrDefault(type)?.PlainLane is { IsOpen: true } lane ? lane : null;

    private Outcome GetLending(Command.GetLending get, Moment now)
    {
        var here = new OwnAgents(Settings.Paused ? [] : get.Types.Except(Settings.PausedTypes));
        foreach (var (agent, instance) in OwnInstances(now)) here.Add(agent, instance);
        var lent = _agents.Values.Where(agent => FederationMarks.IsPeer(agent.Id)).Sum(agent => agent.InstancesById.Values.Sum(instance => (long)instance.Load));
        var load = _counts[(int)TaskState.Pending] + _counts[(int)TaskState.Assigned] + _counts[(int)TaskState.InProgress] - lent;
        var lendable = Settings.Paused ? 0 : get.Types.Sum(type => (long)(PlainLaneOf(type)?.Count ?? 0));
        var mayGo = get.TaskId is { } id && _tasks.TryGetValue(id, out var task) && get.Types.Contains(task.Type) && MayBeLent(task);
        return new Outcome.LendingAnswer(new LendingView(Cut(here.Slots), Cut(load), Cut(lendable), here.Able, here.Free, Cut(here.FreeSlots), mayGo));
    }

    /// <summary>Instances that are here and are handed something; peers are none of this node's.</summary>
    private IEnumerable<(AgentItem Agent, AgentInstance Instance)> OwnInstances(Moment now) =>
        from agent in _agents.Values
        where !agent.IsDraining && !FederationMarks.IsPeer(agent.Id)
        from instance in agent.InstancesById.Values
        where instance.IsPresent(now.UnixMs)
        select (agent, instance);

    private static int Cut(long count) => (int)Math.Clamp(count, 0, int.MaxValue);

    /// <summary>What the agents that are here could do of some types.</summary>
    private sealed class OwnAgents(ImmutableSortedSet<string> types)
    {
        private readonly ImmutableSortedSet<string>.Builder _able = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        private readonly ImmutableSortedSet<string>.Builder _free = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);

        public long Slots { get; private set; }

        public long FreeSlots { get; private set; }

        public ImmutableSortedSet<string> Able => _able.ToImmutable();

        public ImmutableSortedSet<string> Free => _free.ToImmutable();

        /// <summary>An agent that never said how much it takes at once has what it holds, and one slot more while it waits for something.</summary>
        public void Add(AgentItem agent, AgentInstance instance)
        {
            var slots = agent.IsRegistered ? agent.MaxConcurrency : instance.Load + (instance.Waiters.Count > 0 ? 1 : 0);
            Slots += slots;
            var capabilities = agent.IsRegistered ? agent.Capabilities : instance.LastAsked?.Types;
            var can = capabilities is null ? types : types.Where(type => Ability.CanDo(capabilities, type)).ToImmutableSortedSet(StringComparer.Ordinal);
            _able.UnionWith(can);
            if (can.IsEmpty || instance.Load >= slots) return;
            _free.UnionWith(can);
            FreeSlots += slots - instance.Load;
        }
    }
}
