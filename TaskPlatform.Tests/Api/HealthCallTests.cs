using System.Diagnostics;
using System.Net;
using System.Text.Json;
using TaskPlatform.Tests.Servers;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Api;

/// <summary>What an orchestrator sees of a whole service whose Redis comes to harm: red within ten seconds, and live all along.</summary>
public sealed class HealthCallTests(ITestOutputHelper output)
{
    private static readonly TimeSpan RedBy = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnsweredBy = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Health_RedisKilled_IsRedAndGreenAgainOnceItIsBack(bool hasQueue)
    {
        await using var redis = await TestServer.StartAsync(new RedisServer());
        await using var host = new ApiHost(redis.ConnectionString);
        if (hasQueue) await new QueueCalls(host.Http, "q").SubmitAsync("""{"type":"work"}""");
        await UntilAsync(host, isGreen: true);

        await redis.KillAsync();
        await UntilAsync(host, isGreen: false);
        await redis.RestartAsync();
        await UntilAsync(host, isGreen: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Health_RedisFrozen_IsRedAndGreenAgainOnceItGoesOn(bool hasQueue)
    {
        await using var redis = await TestServer.StartAsync(new RedisServer());
        await using var host = new ApiHost(redis.ConnectionString);
        if (hasQueue) await new QueueCalls(host.Http, "q").SubmitAsync("""{"type":"work"}""");
        await UntilAsync(host, isGreen: true);

        await redis.StopAsync();
        await UntilAsync(host, isGreen: false);
        if (hasQueue) await UntilAsync(host, isGreen: false, reason: "q: Redis has not answered for ");
        await redis.ContinueAsync();
        await UntilAsync(host, isGreen: true);
    }

    [Fact]
    public async Task Health_StoreRegressed_IsRedAndNamesTheQueue()
    {
        await using var redis = await TestServer.StartAsync(new RedisServer());
        await using var bed = await RedisBed.ConnectAsync(redis);
        await using (var first = new ApiHost(redis.ConnectionString)) await new QueueCalls(first.Http, "q").SubmitAsync("""{"type":"work"}""");
        await using var host = new ApiHost(redis.ConnectionString);
        await UntilAsync(host, isGreen: true);

        await bed.ForgetAsync("q");

        await UntilAsync(host, isGreen: false, reason: "q: store-regressed: ");
    }

    [Fact]
    public async Task Health_RedisNeverThere_IsRedAndSaysWhatItWaitsFor()
    {
        await using var host = new ApiHost($"127.0.0.1:{FreePort.Next()},abortConnect=false");

        await UntilAsync(host, isGreen: false, reason: "The queues of the last run are not all served yet. ");
    }

    /// <summary>Asks as an orchestrator does, again and again. Each answer comes soon, whatever stands still, and the service is live all the time.</summary>
    private async Task UntilAsync(ApiHost host, bool isGreen, string reason = "")
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        for (var clock = Stopwatch.StartNew(); ;)
        {
            var asked = Stopwatch.StartNew();
            using var answer = await host.Http.GetAsync("/health", Cancel);
            var body = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.InRange(asked.Elapsed, TimeSpan.Zero, AnsweredBy);
            using var alive = await host.Http.GetAsync("/alive", Cancel);
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
            Assert.True(clock.Elapsed < RedBy, $"Still {body}");
            if (answer.IsSuccessStatusCode == isGreen && Reasons(body).Any(found => found.StartsWith(reason, StringComparison.Ordinal)))
            {
                output.WriteLine($"{clock.Elapsed.TotalSeconds:0.00} s: {body}");
                return;
            }
            await timer.WaitForNextTickAsync(Cancel);
        }
    }

    private static IEnumerable<string> Reasons(string body)
        => JsonDocument.Parse(body).RootElement.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("description").GetString() ?? "");
}
