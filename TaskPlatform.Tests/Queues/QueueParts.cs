using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Queues;

/// <summary>What owners share, over a store in memory: the Redis that it names is never called.</summary>
internal sealed class QueueParts : IAsyncDisposable
{
    private readonly RedisConnections _connections = new("localhost:1", NullLogger<RedisConnections>.Instance);
    private readonly RedisServerFacts _facts;
    private readonly TaskNotifications _notifications;

    public QueueParts(TimeProvider time)
    {
        _facts = new RedisServerFacts(_connections, false, time, NullLogger<RedisServerFacts>.Instance);
        _notifications = new TaskNotifications(_connections, NullLogger<TaskNotifications>.Instance);
    }

    /// <param name="instance">The name under which queues are owned.</param>
    /// <param name="time">The process's clocks.</param>
    /// <param name="chance">What nobody can foresee.</param>
    /// <param name="scheduler">Where owners run.</param>
    public QueueServices Services(string instance, TimeProvider time, Chance chance, TaskScheduler scheduler) => new(
        new EngineLimits(), new OwnerClock(time), _facts, new Announcer(_notifications),
        (store, takeover) => new CommitPipeline(store, instance, takeover, new CommitPipelineOptions(), time, NullLogger<CommitPipeline>.Instance),
        NullLogger<QueueOwner>.Instance, chance, scheduler);

    public ValueTask DisposeAsync()
    {
        _facts.Dispose();
        _notifications.Dispose();
        return _connections.DisposeAsync();
    }
}
