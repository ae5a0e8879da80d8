using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Store;

public sealed class GarnetStoreTests(GarnetServer server) : StoreConformanceTests, IClassFixture<GarnetServer>
{
    protected override async Task<IStoreBed> MakeBedAsync() => await RedisBed.ConnectAsync(server);
}
