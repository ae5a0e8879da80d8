using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Who takes tasks, and what operators set.</summary>
public sealed partial class TaskEngine
{
    private const long InstanceIdleMs = 600_000;
    private const long AgentIdleMs = 3_600_000;

    private AgentItem? FindAgent(string agentId, Moment now)
    {
        if (_agents.TryGetValue(agentId, out var agent)) return agent;
        if (_agents.Count >= limits.Agents && !ForgetIdleAgent(now)) return null;
        agent = new AgentItem { Id = agentId, KnownSinceUnixMs = now.UnixMs };
        _agents.Add(agentId, agent);
        return agent;
    }

    /// <summary>
    /// Where there are as many as may be, the one that was not heard of for longest makes room for another: at once if nothing is known of it but that it
    /// asked, after an hour with all that is known of it.
    /// </summary>
    private bool ForgetIdleAgent(Moment now)
    {
        var idle = _agents.Values.Where(agent => agent.InstancesById.Values.All(instance => instance.IsIdle) && (IsStranger(agent) || LastSeen(agent) < now.UnixMs - AgentIdleMs))
            .MinBy(LastSeen);
        if (idle is null) return false;
        Forget(idle);
        return true;
    }

    private void Forget(AgentItem agent)
    {
        _agents.Remove(agent.Id);
        _pairs?.Forgotten(agent);
        Forget(RecordKind.Agent, agent.Id);
    }

    private static bool IsStranger(AgentItem agent) => !agent.IsRegistered && !agent.IsDraining && agent.TotalTasks == 0;

    private static long LastSeen(AgentItem agent)
    {
        var last = agent.KnownSinceUnixMs;
        foreach (var instance in agent.InstancesById.Values) last = Math.Max(last, instance.LastSeenUnixMs);
        return last;
    }

    private bool TakesInstance(AgentItem agent, string? instanceId, Moment now)
    {
        if (agent.InstancesById.Count < limits.Agents || agent.InstancesById.ContainsKey(instanceId ?? "")) return true;
        agent.ForgetInstances(now.UnixMs - InstanceIdleMs);
        return agent.InstancesById.Count < limits.Agents;
    }

    private AgentInstance Touch(AgentItem agent, string? instanceId, Moment now)
    {
        if (agent.InstancesById.Count >= agent.InstancesBeforeForgetting) agent.ForgetInstances(now.UnixMs - InstanceIdleMs);
        var instance = agent.Instance(instanceId);
        if (!instance.IsPresent(now.UnixMs)) PresenceChanged();
        instance.LastSeenUnixMs = now.UnixMs;
        CountPresence(agent, instance, now);
        return instance;
    }

    /// <summary>How many slots the instance has left.</summary>
    private static int Room(AgentItem agent, AgentInstance instance)
    {
        if (agent.IsDraining) return 0;
        return agent.IsRegistered ? agent.MaxConcurrency - instance.Load : int.MaxValue;
    }

    private Outcome RefuseAgent() => Refuse(Refusal.QueueFull, $"The queue knows {limits.Agents} agents or instances of this one, the most it takes.");

    private Outcome RegisterAgent(Command.RegisterAgent register, Moment now)
    {
        if (FindAgent(register.AgentId, now) is not { } agent) return RefuseAgent();
        CountTime(agent, now);
        agent.IsRegistered = true;
        agent.Capabilities = register.Capabilities;
        agent.MaxConcurrency = register.MaxConcurrency;
        agent.Traits = new AgentTraits(register.SpeedClass ?? agent.Traits.SpeedClass, register.CostPerToken ?? agent.Traits.CostPerToken);
        agent.IsDraining = false;
        foreach (var instance in agent.InstancesById.Values) instance.LastAsked = null;
        agent.ForgetInstances(now.UnixMs - InstanceIdleMs);
        MarkDirty(agent);
        PresenceChanged();
        WakeWaiters(agent);
        return new Outcome.AgentList([agent.Snapshot()]);
    }

    private Outcome DrainAgent(Command.DrainAgent drain, Moment now)
    {
        if (!_agents.TryGetValue(drain.AgentId, out var agent)) return NoAgent(drain.AgentId);
        CountTime(agent, now);
        agent.IsDraining = true;
        PresenceChanged();
        MarkDirty(agent);
        WakeThoseLeftFor();
        return new Outcome.AgentList([agent.Snapshot()]);
    }

    /// <summary>
    /// Claims that wait are refused, so that a program which still runs says anew who it is; tasks that it holds go back as if it had released them. What it
    /// had shown is forgotten: if it comes back it is a newcomer.
    /// </summary>
    private Outcome RemoveAgent(Command.RemoveAgent remove, Moment now)
    {
        if (!_agents.TryGetValue(remove.AgentId, out var agent)) return NoAgent(remove.AgentId);
        CountTime(agent, now);
        var waiters = agent.InstancesById.Values.SelectMany(instance => instance.Waiters).OrderBy(waiter => waiter.Ticket).ToList();
        foreach (var waiter in waiters) Resolve(waiter, NoAgent(agent.Id), now);
        // Its tasks must not be routed to it again.
        agent.IsDraining = true;
        PresenceChanged();
        foreach (var task in LeasedTo(agent.Id)) TakeBack(task, TaskEvent.LeaseLost, now);
        Forget(agent);
        WakeThoseLeftFor();
        return new Outcome.Done();
    }

    /// <summary>An agent takes no more: others may have been left waiting for its sake.</summary>
    private void WakeThoseLeftFor()
    {
        if (_pairs is not null) WakeAll();
    }

    private static Outcome NoAgent(string agentId) => Refuse(Refusal.AgentNotFound, $"The queue knows no agent '{agentId}'.");

    private Outcome ListAgents()
        => new Outcome.AgentList([.. _agents.Values.OrderBy(agent => agent.Id, StringComparer.Ordinal).Select(agent => agent.Snapshot())]);
}
