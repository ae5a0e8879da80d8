using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Which outcome of a task lets its dependent go on.</summary>
public enum EdgeKind : byte
{
    /// <summary>It must complete; otherwise the dependent is cancelled.</summary>
    Success = 0,

    /// <summary>It must come to an end, whichever.</summary>
    Finish = 1,

    /// <summary>It must fail; otherwise the dependent is cancelled.</summary>
    Failure = 2,
}

/// <summary>One dependency: the task named must reach the outcome named.</summary>
public readonly record struct DependencyEdge(string Id, EdgeKind On = EdgeKind.Success);

/// <summary>A task as it is handed to the engine: everything checked, ids given, nothing decided.</summary>
public sealed record TaskSubmission
{
    /// <summary>The task's id, unique in its queue.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of work it is; matched against the agents' capabilities.</summary>
    public required string Type { get; init; }

    /// <summary>How urgent it is.</summary>
    public TaskPriority Priority { get; init; } = TaskPriority.Medium;

    /// <summary>What it waits for; no id twice.</summary>
    public ImmutableArray<DependencyEdge> DependsOn { get; init; } = [];

    /// <summary>Not to be started before, in Unix milliseconds; null: at once.</summary>
    public long? NotBeforeUnixMs { get; init; }

    /// <summary>Failed if it is not finished by then, in Unix milliseconds; null: never.</summary>
    public long? DeadlineUnixMs { get; init; }

    /// <summary>Names and values to find it by.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What never changes.</summary>
    public required TaskBody Body { get; init; }

    /// <summary>A hash of all of the above: the same id with another fingerprint is a conflict, with the same a repeat.</summary>
    public UInt128 Fingerprint { get; init; }
}
