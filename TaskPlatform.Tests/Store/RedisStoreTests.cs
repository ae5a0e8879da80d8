using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Store;

public sealed class RedisStoreTests(RedisServer server) : StoreConformanceTests, IClassFixture<RedisServer>
{
    protected override async Task<IStoreBed> MakeBedAsync() => await RedisBed.ConnectAsync(server);
}
