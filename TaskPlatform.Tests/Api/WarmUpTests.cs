using System.Net;
using StackExchange.Redis;
using TaskPlatform.Tests.Queues;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Api;

/// <summary>Readiness waits for the warm-up, calls do not, and nothing of it is ever stored.</summary>
public sealed class WarmUpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_OfAServiceThatWarmsUp_IsRedUntilItIsWarmThoughCallsAreAnswered()
    {
        await using var redis = await TestServer.StartAsync(new RedisServer());
        await using var api = await TestServer.StartAsync(new ApiServer(redis.ConnectionString) { Settings = ["--WarmUp:Seconds=60"] });
        using var http = new HttpClient { BaseAddress = api.Address };

        using var health = await http.GetAsync("/health", Token);
        using var call = await http.GetAsync("/v1/queues", Token);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (health.StatusCode, call.StatusCode));
    }

    [Fact]
    public async Task Health_OnceWarm_IsGreenAndTheStoreIsEmpty()
    {
        await using var redis = await TestServer.StartAsync(new RedisServer());
        await using var api = await TestServer.StartAsync(new ApiServer(redis.ConnectionString) { Settings = ["--WarmUp:Seconds=0.5"] });
        using var http = new HttpClient { BaseAddress = api.Address };
        await Until.TrueAsync(
            async () =>
            {
                using var health = await http.GetAsync("/health", Token);
                return health.IsSuccessStatusCode;
            },
            Token);

        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var stored = await connection.GetDatabase().ExecuteAsync("KEYS", "tp:*");
        var commits = (string)(await connection.GetDatabase().ExecuteAsync("INFO", "commandstats"))!;
        Assert.Equal(0, stored.Length);
        // It did go all the way: batches were sent, and refused.
        Assert.Contains("cmdstat_evalsha", commits);
    }
}
