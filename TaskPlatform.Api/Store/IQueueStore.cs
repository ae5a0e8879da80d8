namespace TaskPlatform.Api.Store;

/// <summary>Every queue's store.</summary>
public interface IQueueStores
{
    /// <summary>The store of one queue; no call is made.</summary>
    IQueueStore For(string queue);

    /// <summary>The queues that the store knows, in no order.</summary>
    /// <exception cref="StoreUnavailableException"/>
    Task<IReadOnlyList<string>> ListQueuesAsync(CancellationToken cancellationToken);
}

/// <summary>
/// What one queue has in the store. Each call is one step that happens wholly or not at all. Every method throws
/// <see cref="StoreUnavailableException"/> when no answer came: the call may have been applied, or may still be.
/// </summary>
public interface IQueueStore
{
    /// <summary>The queue's name.</summary>
    string Queue { get; }

    /// <summary>
    /// Raised whenever the connection was lost or made again: what stands behind it may have gone back in time.
    /// Handlers must return at once.
    /// </summary>
    event Action? ConnectionChanged;

    /// <summary>
    /// Takes the queue unless another instance's lease runs. The same <paramref name="instance"/> gets it at once, so two
    /// living processes must never share a name. Each call that succeeds makes a new epoch and a new owner id.
    /// </summary>
    Task<Takeover> TakeOverAsync(string instance, CancellationToken cancellationToken);

    /// <summary>
    /// The hash of tasks in pages. A field may come twice while the hash is rehashed, with the same record: keep one. Throws when the
    /// store was restarted meanwhile, because pages could be missing: read from the start. A page is there until the next one is asked for.
    /// </summary>
    IAsyncEnumerable<ReadOnlyMemory<StoredRecord>> LoadTasksAsync(CancellationToken cancellationToken);

    /// <summary>The hash of agents, rates, budgets, schedules and keys; otherwise as <see cref="LoadTasksAsync"/>.</summary>
    IAsyncEnumerable<ReadOnlyMemory<StoredRecord>> LoadStateAsync(CancellationToken cancellationToken);

    /// <summary>Records of the hash of tasks, in the order of <paramref name="fields"/>; null where there is none.</summary>
    Task<ReadOnlyMemory<byte>?[]> ReadTaskFieldsAsync(IReadOnlyList<string> fields, CancellationToken cancellationToken);

    /// <summary>Writes a batch if the owner owns the queue and the batch is the next one, and renews the lease.</summary>
    Task<CommitReply> CommitAsync(Ownership owner, CommitBatch batch);

    /// <summary>Renews the lease if the owner owns the queue, and tells where the queue stands.</summary>
    Task<CommitReply> CheckAsync(Ownership owner);

    /// <summary>
    /// Makes <paramref name="owner"/> the owner again if the queue stands exactly where it stood when the owner took it: the store
    /// came back without the takeover and everything after it, and nobody has written since.
    /// </summary>
    Task<CommitReply> ReassertAsync(Ownership owner, string instance, StoredPosition found);

    /// <summary>Ends the lease at once, so that anybody may take the queue. Does nothing for somebody who does not own it.</summary>
    Task ReleaseAsync(Ownership owner);
}
