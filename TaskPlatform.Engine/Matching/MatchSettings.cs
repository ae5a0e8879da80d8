using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>How it is decided which ready task goes to which free agent. docs/coordination.md.</summary>
/// <remarks>The numbers stand in stored records: never change one.</remarks>
public enum MatchPolicy : byte
{
    /// <summary>Effective priority, then arrival; to the agent that has waited longest.</summary>
    Fifo = 0,

    /// <summary>The pair of task and agent with the most points.</summary>
    Score = 1,

    /// <summary>The pair that does most for its priority in a second, by what agents have shown.</summary>
    Learned = 2,
}

/// <summary>What a task's priority is worth, in points.</summary>
public readonly record struct PriorityPoints(double Critical, double High, double Medium, double Low)
{
    /// <summary>The points of a priority, 1 (critical) to 4 (low).</summary>
    public double Of(long priority) => priority switch { 1 => Critical, 2 => High, 3 => Medium, _ => Low };
}

/// <summary>The weights of the score, and the bounds of what is learned. Each 0 or more; points have no unit.</summary>
public sealed record MatchSettings
{
    /// <summary>What stands where nobody has set anything.</summary>
    public static readonly MatchSettings Default = new();

    /// <summary>For an agent that can do the task; without it there is no pair.</summary>
    public double Capability { get; init; } = 50;

    /// <summary>For the task's effective priority.</summary>
    public PriorityPoints Priority { get; init; } = new(40, 25, 10, 5);

    /// <summary>Off for each slot that the agent's instance has in use.</summary>
    public double Load { get; init; } = 5;

    /// <summary>Times the agent's success rate.</summary>
    public double Success { get; init; } = 20;

    /// <summary>Divided by the agent's mean time in seconds, or by 0.1 where that is more, for <see cref="SpeedTypes"/>.</summary>
    public double Speed { get; init; } = 10;

    /// <summary>Types of task for which speed counts.</summary>
    public ImmutableSortedSet<string> SpeedTypes { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal, "quick_analysis", "simple_qa");

    /// <summary>Off for each unit of what a token costs with the agent.</summary>
    public double Cost { get; init; }

    /// <summary>How long an agent may be left waiting for a task that suits it better, in milliseconds; 0: never. Only where it is learned.</summary>
    public long PatienceMs { get; init; } = 60_000;

    /// <summary>Whether both say the same.</summary>
    public bool Equals(MatchSettings? other) => other is not null
        && (Capability, Priority, Load, Success, Speed, Cost, PatienceMs) == (other.Capability, other.Priority, other.Load, other.Success, other.Speed, other.Cost, other.PatienceMs)
        && SpeedTypes.SetEquals(other.SpeedTypes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Capability, Priority, Load, Success, Speed, Cost, PatienceMs, SpeedTypes.Count);
}

/// <summary>Weights to change; null leaves one as it is.</summary>
public sealed record MatchChange
{
    /// <inheritdoc cref="MatchSettings.Capability"/>
    public double? Capability { get; init; }

    /// <summary>What a critical task is worth.</summary>
    public double? Critical { get; init; }

    /// <summary>What a task of high priority is worth.</summary>
    public double? High { get; init; }

    /// <summary>What a task of medium priority is worth.</summary>
    public double? Medium { get; init; }

    /// <summary>What a task of low priority is worth.</summary>
    public double? Low { get; init; }

    /// <inheritdoc cref="MatchSettings.Load"/>
    public double? Load { get; init; }

    /// <inheritdoc cref="MatchSettings.Success"/>
    public double? Success { get; init; }

    /// <inheritdoc cref="MatchSettings.Speed"/>
    public double? Speed { get; init; }

    /// <inheritdoc cref="MatchSettings.SpeedTypes"/>
    public ImmutableSortedSet<string>? SpeedTypes { get; init; }

    /// <inheritdoc cref="MatchSettings.Cost"/>
    public double? Cost { get; init; }

    /// <inheritdoc cref="MatchSettings.PatienceMs"/>
    public long? PatienceMs { get; init; }

    /// <summary>The settings with the change made.</summary>
    public MatchSettings Of(MatchSettings settings) => settings with
    {
        Capability = Capability ?? settings.Capability,
        Priority = new PriorityPoints(Critical ?? settings.Priority.Critical, High ?? settings.Priority.High, Medium ?? settings.Priority.Medium, Low ?? settings.Priority.Low),
        Load = Load ?? settings.Load,
        Success = Success ?? settings.Success,
        Speed = Speed ?? settings.Speed,
        SpeedTypes = SpeedTypes ?? settings.SpeedTypes,
        Cost = Cost ?? settings.Cost,
        PatienceMs = PatienceMs ?? settings.PatienceMs,
    };
}
