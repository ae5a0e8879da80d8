namespace TaskPlatform.Client.Wire;

/// <summary>The weights by which pairs of tasks and agents are compared, in points, each 0 or more; and what speed counts for. In a change every field is optional.</summary>
public sealed record MatchingSettings
{
    /// <summary>For an agent that can do the task; 50 unless set.</summary>
    public double? Capability { get; init; }
    /// <summary>For the task's effective priority; 40, 25, 10 and 5 unless set.</summary>
    public PriorityPoints? Priority { get; init; }
    /// <summary>Off for each slot that the agent has in use; 5 unless set.</summary>
    public double? Load { get; init; }
    /// <summary>Times the agent's success rate; 20 unless set.</summary>
    public double? Success { get; init; }
    /// <summary>Divided by the agent's mean time in seconds, 0.1 at least; 10 unless set.</summary>
    public double? Speed { get; init; }
    /// <summary>The types for which speed counts; simple_qa and quick_analysis unless set.</summary>
    public IReadOnlyList<string>? SpeedTypes { get; init; }
    /// <summary>Off for each unit that a token costs with the agent; 0 unless set.</summary>
    public double? Cost { get; init; }
    /// <summary>How long an agent may be left waiting for a better fit where that is learned; 0: never. 60 unless set.</summary>
    public double? PatienceSeconds { get; init; }
}

/// <summary>What a priority is worth, in points.</summary>
public sealed record PriorityPoints
{
    /// <summary>Of a critical task.</summary>
    public double? Critical { get; init; }
    /// <summary>Of one of high priority.</summary>
    public double? High { get; init; }
    /// <summary>Of one of medium priority.</summary>
    public double? Medium { get; init; }
    /// <summary>Of one of low priority.</summary>
    public double? Low { get; init; }
}

/// <summary>Why this agent was given this task.</summary>
public sealed record MatchInfo
{
    /// <summary>By which policy.</summary>
    public QueuePolicy Policy { get; init; }
    /// <summary>The worth of the pair: the highest goes first.</summary>
    public double Score { get; init; }
    /// <summary>What it was made up of, by name.</summary>
    public required IReadOnlyDictionary<string, double> Terms { get; init; }
    /// <summary>The task had waited too long for others to go first.</summary>
    public bool Overdue { get; init; }
}

/// <summary>How an agent's attempts at one type of task went.</summary>
public sealed record TypeFigures
{
    /// <summary>The share that completed, 0 to 1: a moving average.</summary>
    public double SuccessRate { get; init; }
    /// <summary>How long one takes: a moving average.</summary>
    public double MeanSeconds { get; init; }
    /// <summary>How many.</summary>
    public long TotalTasks { get; init; }
}
