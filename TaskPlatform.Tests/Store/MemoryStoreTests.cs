namespace TaskPlatform.Tests.Store;

public sealed class MemoryStoreTests : StoreConformanceTests
{
    protected override Task<IStoreBed> MakeBedAsync() => Task.FromResult<IStoreBed>(new MemoryBed());
}
