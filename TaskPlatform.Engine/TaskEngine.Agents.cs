using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Who takes tasks, and what operators set.</summary>
public sealed partial class TaskEngine
{
    private const int InstancesBeforeForgetting = 16;
    private const long InstanceIdleMs = 600_000;

    private AgentItem? FindAgent(string agentId)
    {
        if (_agents.TryGetValue(agentId, out var agent)) return agent;
        if (_agents.Count >= limits.Agents && !ForgetIdleAgent()) return null;
        agent = new AgentItem { Id = agentId };
        _agents.Add(agentId, agent);
        return agent;
    }

    /// <summary>An agent that never registered and holds nothing is known for its figures only; it makes room for one that works.</summary>
    private bool ForgetIdleAgent()
    {
        var idle = _agents.Values.FirstOrDefault(agent => !agent.IsRegistered && agent.TotalTasks == 0 && agent.InstancesById.Values.All(IsIdle));
        return idle is not null && _agents.Remove(idle.Id);
    }

    private static bool IsIdle(AgentInstance instance) => instance.Load == 0;

    private static void Touch(AgentItem agent, string? instanceId, Moment now)
    {
        if (agent.InstancesById.Count > InstancesBeforeForgetting) agent.ForgetInstances(now.UnixMs - InstanceIdleMs);
        agent.Instance(instanceId).LastSeenUnixMs = now.UnixMs;
    }

    private Outcome RegisterAgent(Command.RegisterAgent register, Moment now)
    {
        if (FindAgent(register.AgentId) is not { } agent)
            return Refuse(Refusal.QueueFull, $"The queue knows {limits.Agents} agents, the most it takes.");
        agent.IsRegistered = true;
        agent.Capabilities = register.Capabilities;
        agent.MaxConcurrency = register.MaxConcurrency;
        agent.IsDraining = false;
        agent.ForgetInstances(now.UnixMs - InstanceIdleMs);
        MarkDirty(agent);
        _freedSlots = true;
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
        _freedSlots = true;
        return GetQueue();
    }

    private Outcome GetQueue()
    {
        var oldest = Moment.Never;
        foreach (var lane in _lanes.Values) oldest = Math.Min(oldest, lane.OldestUnixMs());
        return new Outcome.QueueAnswer(new QueueView(Settings, [.. _counts], oldest == Moment.Never ? null : oldest));
    }
}
