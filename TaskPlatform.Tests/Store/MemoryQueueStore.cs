using System.Runtime.CompilerServices;
using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

/// <summary>One process's way to a <see cref="MemoryServer"/>, over a network that may fail.</summary>
public sealed class MemoryQueueStores(MemoryServer server, INetwork network) : IQueueStores
{
    private readonly Dictionary<string, MemoryQueueStore> _stores = new(StringComparer.Ordinal);

    public IQueueStore For(string queue)
    {
        lock (_stores)
        {
            if (!_stores.TryGetValue(queue, out var store)) _stores.Add(queue, store = new(queue, server, network));
            return store;
        }
    }

    public async Task<IReadOnlyList<string>> ListQueuesAsync(CancellationToken cancellationToken) =>
        await network.CallAsync("list", server.Queues).WaitAsync(cancellationToken);
}

/// <summary>A queue on a <see cref="MemoryServer"/>.</summary>
public sealed class MemoryQueueStore(string queue, MemoryServer server, INetwork network) : IQueueStore
{
    private const int RecordsPerPage = 100;

    public event Action? ConnectionChanged
    {
        add => server.Cut += value;
        remove => server.Cut -= value;
    }

    public string Queue => queue;

    public Task<Takeover> TakeOverAsync(string instance, CancellationToken cancellationToken) =>
        network.CallAsync("take", () => server.TakeOver(queue, instance)).WaitAsync(cancellationToken);

    public IAsyncEnumerable<ReadOnlyMemory<StoredRecord>> LoadTasksAsync(CancellationToken cancellationToken) => LoadAsync(content => content.Tasks, cancellationToken);

    public IAsyncEnumerable<ReadOnlyMemory<StoredRecord>> LoadStateAsync(CancellationToken cancellationToken) => LoadAsync(content => content.State, cancellationToken);

    public async Task<ReadOnlyMemory<byte>?[]> ReadTaskFieldsAsync(IReadOnlyList<string> fields, CancellationToken cancellationToken)
    {
        var tasks = await network.CallAsync("read", () => server.Read(queue).Tasks).WaitAsync(cancellationToken);
        return [.. fields.Select(field => tasks.TryGetValue(field, out var value) ? value : (ReadOnlyMemory<byte>?)null)];
    }

    public Task<CommitReply> CommitAsync(Ownership owner, CommitBatch batch) =>
        network.CallAsync($"commit {batch.Sequence}", () => server.Commit(queue, owner, batch));

    public Task<CommitReply> CheckAsync(Ownership owner) => network.CallAsync("check", () => server.Check(queue, owner));

    public Task<CommitReply> ReassertAsync(Ownership owner, string instance, StoredPosition found) =>
        network.CallAsync("reassert", () => server.Reassert(queue, owner, instance, found));

    public Task ReleaseAsync(Ownership owner) => network.CallAsync("release", () =>
    {
        server.Release(queue, owner);
        return true;
    });

    // As a hash that is rehashed while it is scanned: the last record of each page comes again at the head of the next.
    private async IAsyncEnumerable<ReadOnlyMemory<StoredRecord>> LoadAsync(
        Func<MemoryContent, IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> hash, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StoredRecord? again = null;
        for (var page = 0; ; page++)
        {
            var skip = page * RecordsPerPage;
            var all = await network.CallAsync("load", () => hash(server.Read(queue))).WaitAsync(cancellationToken);
            StoredRecord[] records = [.. all.Skip(skip).Take(RecordsPerPage).Select(record => new StoredRecord(record.Key.AsMemory(), record.Value))];
            yield return again is { } repeated ? (StoredRecord[])[repeated, .. records] : records;
            if (records.Length < RecordsPerPage) yield break;
            again = records[^1];
        }
    }
}
