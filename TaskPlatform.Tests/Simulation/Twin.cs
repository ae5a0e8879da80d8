using TaskPlatform.Api.Store;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Simulation;

/// <summary>What stands in a world where something else could: the true parts. Its heirs are each broken in one way, to see that the checker notices.</summary>
internal class Twin
{
    public static Twin None { get; } = new();

    public virtual MemoryServer Server(TimeProvider time) => new(time);

    public virtual IQueueStores Stores(IQueueStores stores) => stores;

    /// <summary>What becomes of a call before its owner gets it.</summary>
    public virtual Command Forge(MemoryServer server, Command command) => command;
}
