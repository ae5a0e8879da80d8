using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.ServiceDefaults;

/// <summary>AddRedisClient, whichever build it comes from: the configuration it reads and the services it registers.</summary>
public sealed class RedisClientTests(RedisServer server) : IClassFixture<RedisServer>
{
    [Theory]
    [InlineData("ConnectionStrings:redis")]
    [InlineData("Aspire:StackExchange:Redis:redis:ConnectionString")]
    [InlineData("Aspire:StackExchange:Redis:ConnectionString")]
    public async Task AddRedisClient_ConnectionStringUnderAnyKey_Connects(string key)
    {
        using var host = Build((key, server.ConnectionString));

        await host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().PingAsync();
    }

    [Fact]
    public void AddRedisClient_TwoConnectionStrings_TheOneByNameWins()
    {
        using var host = Build(
            ("ConnectionStrings:redis", server.ConnectionString), ("Aspire:StackExchange:Redis:redis:ConnectionString", "elsewhere:1"));

        var endpoint = Assert.Single(host.Services.GetRequiredService<IConnectionMultiplexer>().GetEndPoints());
        Assert.Equal($"127.0.0.1:{server.Port}", endpoint.ToString());
    }

    [Fact]
    public void AddRedisClient_NoConnectionString_SaysWhichToGive()
    {
        using var host = Build();

        var error = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IConnectionMultiplexer>());
        Assert.Contains("ConnectionStrings:redis", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_RedisKilledAndStartedAgain_FollowsIt()
    {
        await using var own = await TestServer.StartAsync(new RedisServer());
        using var host = Build(("ConnectionStrings:redis", own.ConnectionString));
        var health = host.Services.GetRequiredService<HealthCheckService>();
        var redis = host.Services.GetRequiredService<IConnectionMultiplexer>();

        Assert.Equal(HealthStatus.Healthy, await CheckAsync());
        await own.KillAsync();
        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync());
        var restored = new TaskCompletionSource();
        redis.ConnectionRestored += (_, restoredConnection) =>
        {
            if (restoredConnection.ConnectionType == ConnectionType.Interactive) restored.TrySetResult();
        };
        await own.RestartAsync();
        await restored.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Healthy, await CheckAsync());

        async Task<HealthStatus> CheckAsync() => (await health.CheckHealthAsync(TestContext.Current.CancellationToken)).Status;
    }

    [Fact]
    public void AddRedisClient_ChecksDisabled_RegistersNone()
    {
        using var host = Build(("Aspire:StackExchange:Redis:DisableHealthChecks", "true"));

        Assert.Null(host.Services.GetService<HealthCheckService>());
    }

    private static IHost Build(params (string Key, string Value)[] configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        foreach (var (key, value) in configuration) builder.Configuration[key] = value;
        builder.AddRedisClient("redis");
        return builder.Build();
    }
}
