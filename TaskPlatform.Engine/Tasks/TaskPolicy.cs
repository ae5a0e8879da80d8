namespace TaskPlatform.Engine;

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

/// <summary>How a task is tried: how often, how long, what its children's failure means, and who judges its result.</summary>
public sealed record TaskPolicy
{
    /// <summary>What a task has whose author said nothing; one object for all of them.</summary>
    public static readonly TaskPolicy Default = new();

    /// <summary>How many attempts may be used, 1 or more.</summary>
    public int MaxAttempts { get; init; } = 4;

    /// <summary>The wait between attempts.</summary>
    public BackoffPolicy Backoff { get; init; } = BackoffPolicy.Default;

    /// <summary>How long a lease lasts without a heartbeat, in milliseconds, unless the claim says otherwise.</summary>
    public long LeaseMs { get; init; } = 30_000;

    /// <summary>How long one attempt may take despite heartbeats, in milliseconds; time in which it waits does not count.</summary>
    public long AttemptTimeoutMs { get; init; } = 3_600_000;

    /// <summary>How long an attempt may go without any change of progress, message or checkpoint, in milliseconds; null: for ever.</summary>
    public long? StallMs { get; init; }

    /// <summary>Whether the failure of a child fails the task that waits for it; otherwise the task goes on and is told.</summary>
    public bool FailsWithChild { get; init; }

    /// <summary>The type of the task that must pass a result before it counts; null: nobody has to.</summary>
    public string? Verifier { get; init; }
}
