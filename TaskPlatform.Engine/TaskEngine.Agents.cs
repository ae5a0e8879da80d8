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

    private static void Touch(AgentItem agent, string? instanceId, Moment now)
    {
        if (agent.InstancesById.Count >= agent.InstancesBeforeForgetting) agent.ForgetInstances(now.UnixMs - InstanceIdleMs);
        agent.Instance(instanceId).LastSeenUnixMs = now.UnixMs;
    }

    /// <summary>How many tasks more the instance may be handed.</summary>
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

    private Outcome Configure(Command.Configure configure)
        => Set(Settings with { AgeingMs = configure.AgeingMs ?? Settings.AgeingMs });

    private Outcome Pause(Command.Pause pause) => Set(pause.Types.IsEmpty
        ? Settings with { Paused = true }
        : Settings with { PausedTypes = Settings.PausedTypes.Union(pause.Types) });

    private Outcome Resume(Command.Resume resume) => Set(resume.Types.IsEmpty
        ? Settings with { Paused = false, PausedTypes = [] }
        : Settings with { PausedTypes = Settings.PausedTypes.Except(resume.Types) });

    private Outcome Set(QueueSettings settings)
    {
        Settings = settings;
        _settingsAreDirty = true;
        WakeAll();
        return GetQueue();
    }

    private Outcome GetQueue() => new Outcome.QueueAnswer(new QueueView(Settings, [.. _counts], OldestReadyUnixMs()));
}
