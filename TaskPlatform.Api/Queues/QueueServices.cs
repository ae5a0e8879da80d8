using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>What every owner needs and shares with the others.</summary>
/// <param name="Limits">What may grow how far.</param>
/// <param name="Clock">Both clocks.</param>
/// <param name="Redis">What is known of the server behind the store.</param>
/// <param name="Announcer">Tells what was stored.</param>
/// <param name="Pipeline">Makes the way into the store for a queue that was just taken over.</param>
/// <param name="Logger">Where owners log.</param>
/// <param name="Chance">What nobody can foresee.</param>
/// <param name="Scheduler">Where owners run.</param>
internal sealed record QueueServices(
    EngineLimits Limits,
    OwnerClock Clock,
    RedisServerFacts Redis,
    Announcer Announcer,
    Func<IQueueStore, Takeover.Acquired, CommitPipeline> Pipeline,
    ILogger<QueueOwner> Logger,
    Chance Chance,
    TaskScheduler Scheduler)
{
    /// <summary>Says when the process stood still; null where owners go by another clock than the system's.</summary>
    public ProcessPulse? Pulse { get; init; }

    /// <summary>Begins something that belongs to no caller.</summary>
    public Task<T> Run<T>(Func<Task<T>> begin)
        => Task.Factory.StartNew(begin, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Scheduler).Unwrap();

    /// <inheritdoc cref="Run{T}"/>
    public Task Run(Func<Task> begin)
        => Task.Factory.StartNew(begin, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Scheduler).Unwrap();
}
