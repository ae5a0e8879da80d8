using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>One running replica of an agent.</summary>
public sealed class AgentInstance
{
    /// <summary>How long an instance that says nothing more counts as here, in milliseconds.</summary>
    internal const long PresentMs = 60_000;

    private bool _wasWaiting; // of a snapshot, which has no waiters

    private const long LeftBreakMs = 1_000;

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

    internal bool IsIdle => Load == 0 && Waiters.Count == 0 && !_wasWaiting;

    /// <summary>Whether it is here: it holds something, waits for something, or was heard of within the last minute.</summary>
    /// <param name="nowUnixMs">The time, in Unix milliseconds.</param>
    public bool IsPresent(long nowUnixMs) => !IsIdle || LastSeenUnixMs >= nowUnixMs - PresentMs;

    /// <summary>Up to when its slots' time is counted, on the monotonic clock.</summary>
    internal long CountedTick;

    /// <summary>Until when it counts as there although it neither holds nor waits for anything, on the monotonic clock.</summary>
    internal long PresentUntilTick;

    /// <summary>What its last claim asked for, and the shape that this came to: the next claim mostly asks for the same.</summary>
    internal (ImmutableSortedSet<string>? Types, AgentShape Shape)? LastAsked;

    /// <summary>When the tasks that it holds are expected to end, on the monotonic clock; null unless that is learned.</summary>
    internal List<(TaskItem Task, long EndTick)>? Expected;

    /// <summary>Since when it is left waiting for a better fit, and until when; on the monotonic clock.</summary>
    internal (long SinceTick, long UntilTick)? Left;

    /// <summary>It does not hold the task any more.</summary>
    internal void Ended(TaskItem task)
    {
        if (Expected is { } expected && expected.FindIndex(held => ReferenceEquals(held.Task, task)) is >= 0 and var index) expected.RemoveAt(index);
    }

    /// <summary>Since when it has been left waiting without a break. Whoever is still to be left waiting is looked at again when the time is over.</summary>
    internal long? LeftSince(long nowTick) => Left is { } left && nowTick <= left.UntilTick + LeftBreakMs ? left.SinceTick : null;

    internal void LeaveUntil(long nowTick, long untilTick) => Left = (LeftSince(nowTick) ?? nowTick, untilTick);

    internal AgentInstance Copy()
    {
        var copy = (AgentInstance)MemberwiseClone();
        copy._wasWaiting = Waiters.Count > 0;
        copy.Waiters = [];
        copy.LastAsked = null;
        copy.Expected = null;
        return copy;
    }
}

/// <summary>A program that takes tasks: what it can do and how it has done.</summary>
public sealed class AgentItem : IQueueRecord
{
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

    /// <summary>What it says of itself beside its capabilities.</summary>
    public AgentTraits Traits { get; internal set; } = AgentTraits.Unknown;

    /// <summary>How its attempts went by type of task; of at most <see cref="EngineLimits.AgentTypes"/> types.</summary>
    public IReadOnlyDictionary<string, Performance> Types => ByType;

    internal SortedList<string, Performance> ByType { get; set; } = new(StringComparer.Ordinal);

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

    /// <summary>Takes the end of an attempt into the averages, of all types and of its own.</summary>
    /// <param name="type">The task's type.</param>
    /// <param name="success">Whether it succeeded.</param>
    /// <param name="seconds">How long it took.</param>
    /// <param name="mostTypes">Types to keep: past it the one with fewest attempts is forgotten.</param>
    internal void Observe(string type, bool success, double seconds, int mostTypes)
    {
        (SuccessRate, MeanSeconds, TotalTasks) = new Performance(SuccessRate, MeanSeconds, TotalTasks).With(success, seconds);
        if (!ByType.TryGetValue(type, out var known))
        {
            known = Performance.None;
            if (ByType.Count >= mostTypes) ByType.Remove(ByType.MinBy(entry => entry.Value.Attempts).Key);
        }
        ByType[type] = known.With(success, seconds);
    }

    internal AgentItem Snapshot()
    {
        var copy = (AgentItem)MemberwiseClone();
        copy.ByType = new(ByType, StringComparer.Ordinal);
        copy.InstancesById = InstancesById.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        return copy;
    }
}
