using StackExchange.Redis;

namespace TaskPlatform.Tests.Servers;

/// <summary>What the other suites take for granted of their servers.</summary>
public abstract class TestServerTests
{
    private static readonly TimeSpan ShortPatience = TimeSpan.FromMilliseconds(250);

    protected abstract TestServer Create();

    [Fact]
    public async Task Kill_AfterAcknowledgedWrites_RestartHasThemAll()
    {
        await using var server = await TestServer.StartAsync(Create());
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        for (var i = 0; i < 20; i++) await redis.GetDatabase().HashSetAsync("hash", i, i);

        await server.KillAsync();
        await server.RestartAsync();

        await using var again = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        Assert.Equal(20, await again.GetDatabase().HashLengthAsync("hash"));
    }

    [Fact]
    public async Task Stop_WhileStopped_NothingIsAnsweredUntilContinue()
    {
        await using var server = await TestServer.StartAsync(Create());
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);

        await server.StopAsync();
        var ping = redis.GetDatabase().PingAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => ping.WaitAsync(ShortPatience, TestContext.Current.CancellationToken));
        await server.ContinueAsync();

        await ping;
    }

    [Fact]
    public async Task Dispose_RunningServer_LeavesNothing()
    {
        var server = await TestServer.StartAsync(Create());
        var (port, folder) = (server.Port, server.Folder);

        await server.DisposeAsync();

        Assert.False(Directory.Exists(folder));
        await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},connectRetry=0"));
    }
}

public sealed class RedisServerTests : TestServerTests
{
    protected override TestServer Create() => new RedisServer();
}

public sealed class GarnetServerTests : TestServerTests
{
    protected override TestServer Create() => new GarnetServer();
}
