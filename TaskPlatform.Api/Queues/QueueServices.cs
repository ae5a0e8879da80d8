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
internal sealed record QueueServices(
    EngineLimits Limits,
    OwnerClock Clock,
    RedisServerFacts Redis,
    Announcer Announcer,
    Func<IQueueStore, Takeover.Acquired, CommitPipeline> Pipeline,
    ILogger<QueueOwner> Logger);
