using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Who takes tasks, and what operators set.</summary>
public sealed partial class TaskEngine
{
    private const long InstanceIdleMs = 600_000;

    private AgentItem? FindAgent(string agentId)
    {
        if (_agents.TryGetValue(agentId, out var agent)) return agent;
        if (_agents.Count >= limits.Agents && !ForgetIdleAgent()) return null;
        agent = new AgentItem { Id = agentId };
        _agents.Add(agentId, agent);
        return agent;
    }

    /// <summary>An agent of which nothing is known but that it asked once makes room for another.</summary>
    private bool ForgetIdleAgent()
    {
        var idle = _agents.Values.FirstOrDefault(IsForgettable);
        return idle is not null && _agents.Remove(idle.Id);
    }

    private static bool IsForgettable(AgentItem agent)
        => !agent.IsRegistered && !agent.IsDraining && agent.TotalTasks == 0 && agent.InstancesById.Values.All(instance => instance.IsIdle);

    private static AgentInstance Touch(AgentItem agent, string? instanceId, Moment now)
    {
        if (agent.InstancesById.Count >= agent.InstancesBeforeForgetting) agent.ForgetInstances(now.UnixMs - InstanceIdleMs);
        var instance = agent.Instance(instanceId);
        instance.LastSeenUnixMs = now.UnixMs;
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
        if (FindAgent(register.AgentId) is not { } agent) return RefuseAgent();
        agent.IsRegistered = true;
        agent.Capabilities = register.Capabilities;
        agent.MaxConcurrency = register.MaxConcurrency;
        agent.IsDraining = false;
        foreach (var instance in agent.InstancesById.Values) instance.LastAsked = null;
        agent.ForgetInstances(now.UnixMs - InstanceIdleMs);
        MarkDirty(agent);
        WakeWaiters(agent);
        return new Outcome.AgentList([agent.Snapshot()]);
    }

    private Outcome DrainAgent(Command.DrainAgent drain)
    {
        if (!_agents.TryGetValue(drain.AgentId, out var agent))
            return Refuse(Refusal.AgentNotFound, $"The queue knows no agent '{drain.AgentId}'.");
        agent.IsDraining = true;
        MarkDirty(agent);
        return new Outcome.AgentList([agent.Snapshot()]);
    }

    private Outcome ListAgents()
        => new Outcome.AgentList([.. _agents.Values.OrderBy(agent => agent.Id, StringComparer.Ordinal).Select(agent => agent.Snapshot())]);
}
