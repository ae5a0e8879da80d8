using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>One running replica of an agent.</summary>
public sealed class AgentInstance
{
    /// <summary>The agent's id.</summary>
    public required string AgentId { get; init; }

    /// <summary>Tells replicas apart; null when the agent never said.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Slots that are taken: the weights of the tasks it holds.</summary>
    public int Load { get; internal set; }

    /// <summary>When it last called, in Unix milliseconds.</summary>
    public long LastSeenUnixMs { get; internal set; }

    /// <summary>Its claims that wait, longest first.</summary>
    internal SortedSet<Waiter> Waiters { get; private set; } = new(Waiter.ByTicket);

    /// <summary>How many of them stand in no line, since it takes nothing more.</summary>
    internal int Aside;

    internal bool IsIdle => Load == 0 && Waiters.Count == 0;

    /// <summary>Up to when its slots' time is counted, on the monotonic clock.</summary>
    internal long CountedTick;

    /// <summary>Until when it counts as there although it neither holds nor waits for anything, on the monotonic clock.</summary>
    internal long PresentUntilTick;

    /// <summary>What its last claim asked for, and the shape that this came to: the next claim mostly asks for the same.</summary>
    internal (ImmutableSortedSet<string>? Types, AgentShape Shape)? LastAsked;

    internal AgentInstance Copy()
    {
        var copy = (AgentInstance)MemberwiseClone();
        copy.Waiters = [];
        copy.LastAsked = null;
        return copy;
    }
}

/// <summary>A program that takes tasks: what it can do and how it has done.</summary>
public sealed class AgentItem : IQueueRecord
{
    private const double Alpha = 0.1;
    private const int FewInstances = 16;

    /// <summary>The agent's id.</summary>
    public required string Id { get; init; }

    /// <summary>Whether it said what it can do; otherwise it is known only by its claims.</summary>
    public bool IsRegistered { get; internal set; }

    /// <summary>Task types it takes, <c>general</c> for all of them, and further skills; sorted.</summary>
    public ImmutableSortedSet<string> Capabilities { get; internal set; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Tasks that each of its instances works on at the same time.</summary>
    public int MaxConcurrency { get; internal set; } = 1;

    /// <summary>Whether it is handed nothing more.</summary>
    public bool IsDraining { get; internal set; }

    /// <summary>Moving average of successes, 0 to 1; 1 before the first.</summary>
    public double SuccessRate { get; internal set; } = 1;

    /// <summary>Moving average of an attempt's time, in seconds; 0 before the first.</summary>
    public double MeanSeconds { get; internal set; }

    /// <summary>Attempts that came to an end.</summary>
    public long TotalTasks { get; internal set; }

    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Agent;

    /// <inheritdoc/>
    public string Key => Id;

    /// <summary>Its replicas, by instance id; the empty string stands for none given.</summary>
    public IReadOnlyDictionary<string, AgentInstance> Instances => InstancesById;

    internal Dictionary<string, AgentInstance> InstancesById { get; private set; } = [];

    /// <summary>The slots of each of its instances; an agent that never registered is limited by nothing but what it asks for.</summary>
    internal int Slots => IsRegistered ? MaxConcurrency : int.MaxValue;

    internal bool IsDirty;

    /// <summary>What its slots had since the step began.</summary>
    internal SlotTime SlotTime;

    /// <summary>When this process first heard of it, in Unix milliseconds: who was loaded is given time to call.</summary>
    internal long KnownSinceUnixMs { get; set; }

    /// <summary>At how many instances to look next for some to forget; doubled each time, so that looking costs little however many there are.</summary>
    internal int InstancesBeforeForgetting = FewInstances;

    internal AgentInstance Instance(string? instanceId)
    {
        var key = instanceId ?? "";
        if (!InstancesById.TryGetValue(key, out var instance))
        {
            instance = new AgentInstance { AgentId = Id, InstanceId = instanceId };
            InstancesById.Add(key, instance);
        }
        return instance;
    }

    /// <summary>Forgets replicas that hold nothing and were not heard of since the time given.</summary>
    internal void ForgetInstances(long beforeUnixMs)
    {
        foreach (var (key, instance) in InstancesById)
        {
            if (instance.IsIdle && instance.LastSeenUnixMs < beforeUnixMs) InstancesById.Remove(key);
        }
        InstancesBeforeForgetting = Math.Max(FewInstances, 2 * InstancesById.Count);
    }

    /// <summary>Takes the end of an attempt into the averages. The first observation replaces the start value.</summary>
    internal void Observe(bool success, double seconds)
    {
        var rate = success ? 1.0 : 0.0;
        var isFirst = TotalTasks == 0;
        SuccessRate = isFirst ? rate : (1 - Alpha) * SuccessRate + Alpha * rate;
        MeanSeconds = isFirst ? seconds : (1 - Alpha) * MeanSeconds + Alpha * seconds;
        TotalTasks++;
    }

    internal AgentItem Snapshot()
    {
        var copy = (AgentItem)MemberwiseClone();
        copy.InstancesById = InstancesById.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        return copy;
    }
}
