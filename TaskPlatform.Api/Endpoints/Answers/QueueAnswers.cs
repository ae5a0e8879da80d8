using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes queues and agents as they are answered.</summary>
internal static class QueueAnswers
{
    /// <summary>A queue; its settings only where one queue was asked for.</summary>
    public static QueueInfo Queue(string name, QueueView view, long nowUnixMs, bool withSettings) => new()
    {
        Name = name,
        Paused = view.Settings.Paused,
        PausedTypes = view.Settings.PausedTypes.IsEmpty ? null : view.Settings.PausedTypes,
        Durability = QueueDurability.Durable,
        Counts = Enumerable.Range(0, view.Counts.Length)
            .ToDictionary(index => Words.Of((Engine.TaskState)index), index => (long)view.Counts[index]),
        OldestPendingSeconds = view.OldestPendingUnixMs is { } oldest ? Times.Seconds(Math.Max(0, nowUnixMs - oldest)) : null,
        Settings = withSettings ? Settings(view.Settings) : null,
    };

    /// <summary>An agent as a whole, all its instances taken together.</summary>
    public static AgentInfo Agent(AgentItem agent) => Row(agent, instance: null) with
    {
        Load = agent.Instances.Values.Sum(instance => instance.Load),
        LastSeen = agent.Instances.Count == 0 ? null : Times.At(agent.Instances.Values.Max(instance => instance.LastSeenUnixMs)),
    };

    /// <summary>One row for each instance that was seen; one without, when none was.</summary>
    public static IEnumerable<AgentInfo> Rows(AgentItem agent) => agent.Instances.Count == 0
        ? [Row(agent, instance: null)]
        : agent.Instances.Values.OrderBy(instance => instance.InstanceId, StringComparer.Ordinal).Select(instance => Row(agent, instance));

    private static AgentInfo Row(AgentItem agent, AgentInstance? instance) => new()
    {
        AgentId = agent.Id,
        InstanceId = instance?.InstanceId,
        Capabilities = agent.Capabilities,
        MaxConcurrency = agent.MaxConcurrency,
        Load = instance?.Load ?? 0,
        SuccessRate = agent.TotalTasks > 0 ? agent.SuccessRate : null,
        MeanSeconds = agent.TotalTasks > 0 ? agent.MeanSeconds : null,
        TotalTasks = agent.TotalTasks,
        LastSeen = instance is { LastSeenUnixMs: > 0 } ? Times.At(instance.LastSeenUnixMs) : null,
        Draining = agent.IsDraining,
    };

    private static Client.Wire.QueueSettings Settings(Engine.QueueSettings settings) => new()
    {
        Durability = QueueDurability.Durable,
        Policy = "fifo",
        AgeingSeconds = settings.AgeingMs == Moment.Never ? 0 : Times.Seconds(settings.AgeingMs),
    };
}
