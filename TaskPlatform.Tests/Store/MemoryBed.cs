using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

/// <summary>The memory store with nothing that fails.</summary>
public sealed class MemoryBed : IStoreBed
{
    private readonly MemoryServer _server = new(TimeProvider.System);

    public MemoryBed() => Stores = new MemoryQueueStores(_server, new PerfectNetwork());

    public IQueueStores Stores { get; }

    public Task LapseAsync(string queue) => SetMetaAsync(queue, "lease", "1");

    public Task<object> SaveAsync(string queue) => Task.FromResult<object>(_server.Read(queue));

    public Task GoBackAsync(string queue, object saved)
    {
        _server.Replace(queue, (MemoryContent)saved, cut: true);
        return Task.CompletedTask;
    }

    public Task ForgetAsync(string queue) => GoBackAsync(queue, MemoryContent.Nothing);

    public Task ForgetMetaAsync(string queue)
    {
        _server.Replace(queue, _server.Read(queue) with { Meta = MemoryContent.Nothing.Meta }, cut: false);
        return Task.CompletedTask;
    }

    public Task SetMetaAsync(string queue, string field, string value)
    {
        var content = _server.Read(queue);
        _server.Replace(queue, content with { Meta = content.Meta.SetItem(field, value) }, cut: false);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
