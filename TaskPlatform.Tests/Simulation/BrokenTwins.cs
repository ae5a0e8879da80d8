using TaskPlatform.Api.Store;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Simulation;

/// <summary>A store that takes batches of owners whom others have followed.</summary>
internal sealed class TwinWithoutFence : Twin
{
    public override MemoryServer Server(TimeProvider time) => new Unfenced(time);

    private sealed class Unfenced(TimeProvider time) : MemoryServer(time)
    {
        protected override bool IsOwner(MemoryContent content, Ownership owner) => content.Position.Epoch > 0;
    }
}

/// <summary>A store that writes batches as they come: twice, late, and with others missing in between.</summary>
internal sealed class TwinWithoutSequence : Twin
{
    public override MemoryServer Server(TimeProvider time) => new Unnumbered(time);

    private sealed class Unnumbered(TimeProvider time) : MemoryServer(time)
    {
        protected override CommitVerdict? Refuse(long stored, long sequence) => null;
    }
}

/// <summary>An owner that takes any token for the right one: a stale one is exchanged for that of the lease that stands.</summary>
internal sealed class TwinWithoutTokenCheck : Twin
{
    public override Command Forge(MemoryServer server, Command command) => command switch
    {
        Command.Complete complete => complete with { Token = Standing(server, complete.TaskId) ?? complete.Token },
        Command.Fail fail => fail with { Token = Standing(server, fail.TaskId) ?? fail.Token },
        _ => command,
    };

    private static UInt128? Standing(MemoryServer server, string id)
        => server.Read(QueueProcess.Queue).Tasks.TryGetValue(TaskFields.State(id), out var record) ? TaskRecords.ReadState(id, record).Lease?.Token : null;
}

/// <summary>An owner that never offers some of the tasks.</summary>
internal sealed class TwinThatForgetsTasks : Twin
{
    public override Command Forge(MemoryServer server, Command command) => command is Command.Claim claim ? claim with { Types = ["even"] } : command;
}

/// <summary>An owner that leaves grants to lapse that never reached their agent.</summary>
internal sealed class TwinWithoutRejoin : Twin
{
    public override Command Forge(MemoryServer server, Command command) => command is Command.Rejoin rejoin ? rejoin with { InstanceId = "nobody" } : command;
}

/// <summary>An owner that gives back what its agent has.</summary>
internal sealed class TwinThatHearsNoNames : Twin
{
    public override Command Forge(MemoryServer server, Command command) => command is Command.Rejoin rejoin ? rejoin with { Held = [] } : command;
}

/// <summary>An owner that answers before the store has anything.</summary>
internal sealed class TwinThatAnswersEarly : Twin
{
    public override IQueueStores Stores(IQueueStores stores) => new EagerStores(stores);

    private sealed class EagerStores(IQueueStores stores) : IQueueStores
    {
        public IQueueStore For(string queue) => new EagerStore(stores.For(queue));

        public Task<IReadOnlyList<string>> ListQueuesAsync(CancellationToken cancellationToken) => stores.ListQueuesAsync(cancellationToken);
    }

    private sealed class EagerStore(IQueueStore store) : IQueueStore
    {
        public event Action? ConnectionChanged
        {
            add => store.ConnectionChanged += value;
            remove => store.ConnectionChanged -= value;
        }

        public string Queue => store.Queue;

        public Task<CommitReply> CommitAsync(Ownership owner, CommitBatch batch)
        {
            _ = store.CommitAsync(owner, batch);
            return Task.FromResult(new CommitReply(CommitVerdict.Applied, new StoredPosition(owner.Epoch, owner.OwnerId, batch.Sequence)));
        }

        public Task<Takeover> TakeOverAsync(string instance, CancellationToken cancellationToken) => store.TakeOverAsync(instance, cancellationToken);

        public IAsyncEnumerable<ReadOnlyMemory<StoredRecord>> LoadTasksAsync(CancellationToken cancellationToken) => store.LoadTasksAsync(cancellationToken);

        public IAsyncEnumerable<ReadOnlyMemory<StoredRecord>> LoadStateAsync(CancellationToken cancellationToken) => store.LoadStateAsync(cancellationToken);

        public Task<ReadOnlyMemory<byte>?[]> ReadTaskFieldsAsync(IReadOnlyList<string> fields, CancellationToken cancellationToken)
            => store.ReadTaskFieldsAsync(fields, cancellationToken);

        public Task<CommitReply> CheckAsync(Ownership owner) => store.CheckAsync(owner);

        public Task<CommitReply> ReassertAsync(Ownership owner, string instance, StoredPosition found) => store.ReassertAsync(owner, instance, found);

        public Task ReleaseAsync(Ownership owner) => store.ReleaseAsync(owner);
    }
}
