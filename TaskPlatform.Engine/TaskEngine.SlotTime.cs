namespace TaskPlatform.Engine;

/// <summary>
/// How long slots were busy and on offer, kept up to date at each change of what an instance holds: between two changes nothing needs a look,
/// so that it costs the same however many agents there are and however long a task runs.
/// </summary>
public sealed partial class TaskEngine
{
    private readonly int[] _priorities = new int[(int)TaskPriority.Low];
    private SlotTime _slotTime;
    private long _runMs;
    private long _runCountedTick;
    private int _stepsEnded;

    /// <summary>Ends a step of the analytics: what is counted by time begins anew.</summary>
    /// <returns>How busy the queue was in it.</returns>
    public QueueLoad EndStep(Moment now)
    {
        var load = LookAtLoad(now);
        foreach (var agent in _agents.Values) agent.SlotTime = default;
        (_slotTime, _runMs) = (default, 0);
        _stepsEnded++;
        return load;
    }

    /// <summary>Costs as much as there are agents.</summary>
    private QueueLoad LookAtLoad(Moment now)
    {
        foreach (var agent in _agents.Values) CountTime(agent, now);
        CountRun(now);
        var agents = _agents.Values.Where(agent => agent.SlotTime.OfferedMs > 0).Select(agent => new AgentTime(agent.Id, agent.SlotTime));
        return new QueueLoad(now, _stepsEnded, [.. _counts], [.. _priorities], _runMs, _slotTime, AgentTime.First(agents));
    }

    /// <summary>To be called before the agent offers more or fewer slots.</summary>
    private void CountTime(AgentItem agent, Moment now)
    {
        foreach (var instance in agent.InstancesById.Values) CountTime(agent, instance, now);
    }

    /// <summary>The instance shows that it is there, and counts as that for a minute.</summary>
    private void CountPresence(AgentItem agent, AgentInstance instance, Moment now)
    {
        CountTime(agent, instance, now);
        instance.PresentUntilTick = now.TickMs + AgentInstance.PresentMs;
    }

    /// <summary>
    /// To be called before the instance holds more or less, or begins or ceases to wait. Slots are on offer while it holds a task, waits for one or called
    /// within the last minute, as a probe counts them too; one that drains offers none but those that are busy.
    /// </summary>
    private void CountTime(AgentItem agent, AgentInstance instance, Moment now)
    {
        CountRun(now);
        var elapsed = now.TickMs - instance.CountedTick;
        // Slots of peers are counted by their nodes.
        if (elapsed <= 0 || FederationMarks.IsPeer(agent.Id)) return;
        var there = instance.IsIdle ? Math.Clamp(instance.PresentUntilTick - instance.CountedTick, 0, elapsed) : elapsed;
        var free = agent.IsDraining ? 0 : Math.Max(0, agent.MaxConcurrency - instance.Load);
        var time = new SlotTime(instance.Load * elapsed, instance.Load * elapsed + free * there);
        agent.SlotTime += time;
        _slotTime += time;
        instance.CountedTick = now.TickMs;
    }

    private void CountRun(Moment now)
    {
        _runMs += (_counts[(int)TaskState.Assigned] + _counts[(int)TaskState.InProgress]) * (now.TickMs - _runCountedTick);
        _runCountedTick = now.TickMs;
    }
}
