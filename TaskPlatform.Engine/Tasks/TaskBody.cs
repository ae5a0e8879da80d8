using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>
/// What a task was submitted with and what never changes. It is written once, and leaves memory when the task is finished.
/// </summary>
public sealed record TaskBody
{
    /// <summary>Free text for people.</summary>
    public string? Description { get; init; }

    /// <summary>The work, as the UTF-8 JSON that was submitted; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>What an agent must be able to do besides the type; sorted, no doubles.</summary>
    public ImmutableArray<string> Capabilities { get; init; } = [];

    /// <summary>How it is tried. Most tasks share one.</summary>
    public TaskPolicy Policy { get; init; } = TaskPolicy.Default;

    /// <summary>With which others it shares a limit, a turn or a budget. Most tasks share none.</summary>
    public TaskFlow Flow { get; init; } = TaskFlow.None;

    /// <summary>The key of which there is one task at a time.</summary>
    public UniqueKey? Unique { get; init; }

    /// <summary>The W3C trace context of the submit, to continue the trace at the agent.</summary>
    public string? Traceparent { get; init; }

    /// <inheritdoc cref="TaskPolicy.MaxAttempts"/>
    public int MaxAttempts { get => Policy.MaxAttempts; init => Policy = Policy with { MaxAttempts = value }; }

    /// <inheritdoc cref="TaskPolicy.Backoff"/>
    public BackoffPolicy Backoff { get => Policy.Backoff; init => Policy = Policy with { Backoff = value }; }

    /// <inheritdoc cref="TaskPolicy.LeaseMs"/>
    public long LeaseMs { get => Policy.LeaseMs; init => Policy = Policy with { LeaseMs = value }; }

    /// <inheritdoc cref="TaskPolicy.AttemptTimeoutMs"/>
    public long AttemptTimeoutMs { get => Policy.AttemptTimeoutMs; init => Policy = Policy with { AttemptTimeoutMs = value }; }

    /// <inheritdoc cref="TaskPolicy.StallMs"/>
    public long? StallMs { get => Policy.StallMs; init => Policy = Policy with { StallMs = value }; }
}

/// <summary>Of all tasks with this key one is taken in at a time; a further submit is answered with the one that is there.</summary>
/// <param name="Key">The caller's word for what must not be there twice.</param>
/// <param name="ForMs">
/// How long the key stays taken from the submit on, in milliseconds, also when the task is over before; null: until it is over. It always stays
/// taken while the task is unfinished.
/// </param>
public sealed record UniqueKey(string Key, long? ForMs);
