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

/// <summary>How long to wait between attempts.</summary>
/// <param name="Exponential">Doubling with full jitter; otherwise the same time each time.</param>
/// <param name="InitialMs">The first wait, in milliseconds.</param>
/// <param name="MaxMs">The longest wait, in milliseconds.</param>
public readonly record struct BackoffPolicy(bool Exponential, long InitialMs, long MaxMs)
{
    /// <summary>One second, doubling up to five minutes.</summary>
    public static readonly BackoffPolicy Default = new(Exponential: true, InitialMs: 1_000, MaxMs: 300_000);

    /// <summary>
    /// The wait before the next attempt. Exponential backoff has full jitter: uniformly distributed between 0 and the doubled wait
    /// (M. Brooker, "Exponential Backoff And Jitter", 2015), so that tasks which failed together do not come back together.
    /// </summary>
    /// <param name="failures">How many attempts failed so far, 1 or more.</param>
    /// <param name="random">A number in [0, 1).</param>
    /// <returns>Milliseconds, between 0 and <see cref="MaxMs"/>.</returns>
    public long DelayMs(int failures, double random)
    {
        if (!Exponential) return Math.Min(InitialMs, MaxMs);
        var doublings = Math.Clamp(failures - 1, 0, 40);
        var ceiling = Math.Min(InitialMs * Math.Pow(2, doublings), MaxMs);
        return (long)(ceiling * random);
    }
}

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

    /// <summary>How many attempts may be used, 1 or more.</summary>
    public int MaxAttempts { get; init; } = 4;

    /// <summary>The wait between attempts.</summary>
    public BackoffPolicy Backoff { get; init; } = BackoffPolicy.Default;

    /// <summary>How long a lease lasts without a heartbeat, in milliseconds, unless the claim says otherwise.</summary>
    public long LeaseMs { get; init; } = 30_000;

    /// <summary>How long one attempt may take despite heartbeats, in milliseconds.</summary>
    public long AttemptTimeoutMs { get; init; } = 3_600_000;

    /// <summary>How long an attempt may go without any change of progress, message or checkpoint, in milliseconds; null: for ever.</summary>
    public long? StallMs { get; init; }

    /// <summary>The W3C trace context of the submit, to continue the trace at the agent.</summary>
    public string? Traceparent { get; init; }
}

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
