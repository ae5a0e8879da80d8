using TaskPlatform.Api.Analytics;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Finds who decides for a queue. One small seam: today every owner lives in this process.</summary>
public interface IQueueOwners
{
    /// <summary>The queue's owner; an unused name becomes a queue.</summary>
    /// <exception cref="QueueUnavailableException">Nobody here can decide for it now.</exception>
    ValueTask<IQueueOwner> FindAsync(string queue, CancellationToken cancellationToken);

    /// <summary>The queue's owner, or null for a name that was never used.</summary>
    /// <exception cref="QueueUnavailableException">Nobody here can decide for it now.</exception>
    ValueTask<IQueueOwner?> FindExistingAsync(string queue, CancellationToken cancellationToken);

    /// <summary>The names of all queues, sorted.</summary>
    /// <exception cref="QueueUnavailableException">The store did not answer.</exception>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);
}

/// <summary>Decides for one queue.</summary>
public interface IQueueOwner
{
    /// <summary>The queue's name.</summary>
    string Queue { get; }

    /// <summary>What happened, told after it was stored.</summary>
    QueueEvents Events { get; }

    /// <summary>What an answer promises: the value of the <c>Durability</c> header.</summary>
    string DurabilityHeader { get; }

    /// <summary>What the queue has done lately.</summary>
    /// <param name="load">How busy it is: the answer to <see cref="Command.GetLoad"/>.</param>
    /// <param name="windowMs">How far to look back, in milliseconds.</param>
    AnalyticsView Analyse(QueueLoad load, long windowMs);

    /// <summary>
    /// Hands a command in; completes once what the queue's durability promises of it is stored. What the rules refuse is a value.
    /// </summary>
    /// <param name="command">What is asked.</param>
    /// <param name="callerGone">Set when nobody waits for the answer any more: a claim is then given back.</param>
    /// <exception cref="QueueUnavailableException">No answer; what was asked may have happened or not.</exception>
    Task<QueueReply> SendAsync(Command command, CancellationToken callerGone);

    /// <summary>Hands commands in, in order, each for itself; no claims. Completes when each has its answer, or it is known that there is none.</summary>
    Task<IReadOnlyList<GroupReply>> SendAllAsync(IReadOnlyList<Command> commands);

    /// <summary>
    /// Adds to a view what memory has let go of: what has happened to the task, its body, its result and, up to 1 MiB in all, its inputs.
    /// </summary>
    /// <returns>The view, whole; null when the task was deleted meanwhile.</returns>
    /// <exception cref="QueueUnavailableException">The store did not answer.</exception>
    ValueTask<TaskView?> HydrateAsync(TaskView view, CancellationToken cancellationToken);

    /// <summary>Does the same to many views at once, with few calls to the store.</summary>
    /// <param name="views">What memory has.</param>
    /// <param name="withInputs">Whether inputs are wanted; otherwise the views come without any.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    /// <returns>The views, whole, in their order; null for a task that was deleted meanwhile.</returns>
    /// <exception cref="QueueUnavailableException">The store did not answer.</exception>
    ValueTask<IReadOnlyList<TaskView?>> HydrateAllAsync(IReadOnlyList<TaskView> views, bool withInputs, CancellationToken cancellationToken);
}

/// <summary>A committed answer.</summary>
/// <param name="Outcome">What the rules decided.</param>
/// <param name="CommittedUnixMs">When the store had it, in Unix milliseconds: leases count from here.</param>
public readonly record struct QueueReply(Outcome Outcome, long CommittedUnixMs);

/// <summary>What became of one command of several: its answer, or why there is none.</summary>
public readonly record struct GroupReply(QueueReply? Reply, QueueUnavailableException? Failure);

/// <summary>A queue cannot answer now. Repeating the call with the same id, key, claim id or token is safe.</summary>
/// <param name="name">The problem's name: one of the constants.</param>
/// <param name="reason">A sentence for people.</param>
/// <param name="retryAfter">When to come back.</param>
public sealed class QueueUnavailableException(string name, string reason, TimeSpan retryAfter) : Exception(reason)
{
    /// <summary>Nobody decides for the queue, or its store does not answer.</summary>
    public const string QueueUnavailable = "queue-unavailable";

    /// <summary>Too many calls wait.</summary>
    public const string QueueFull = "queue-full";

    /// <summary>The store's memory is nearly full: nothing new is taken until some is freed.</summary>
    public const string StoreFull = "store-full";

    /// <summary>The problem's name.</summary>
    public string Name { get; } = name;

    /// <summary>When to come back.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;

    internal static QueueUnavailableException Because(string reason, TimeSpan? retryAfter = null)
        => new(QueueUnavailable, reason, retryAfter ?? TimeSpan.FromSeconds(1));
}
