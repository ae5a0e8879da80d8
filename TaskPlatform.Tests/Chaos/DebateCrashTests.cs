using System.Diagnostics;
using TaskPlatform.Tests.Api;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Chaos;

/// <summary>Debates whose agents die, and whose service does.</summary>
public sealed class DebateCrashTests
{
    [Fact]
    public async Task Debate_ApiKilledInEachRound_GoesOnAndRepeatsNothing()
    {
        await using var redis = await TestServer.StartAsync(new RedisServer());
        await using var api = await TestServer.StartAsync(new ApiServer(redis.ConnectionString));
        using var http = new HttpClient { BaseAddress = api.Address };
        var debates = new DebateCalls(new QueueCalls(http, "debates"));
        foreach (var agent in (string[])["a", "b", "c"]) await debates.RegisterAsync(agent);
        var id = await debates.StartAsync("""
            "capability":"think"
            """);

        await debates.AnswerAsync("a", "yes");
        await AgainAsync(api);
        var held = await debates.TakeAsync("b");
        await AgainAsync(api);
        await held.AnswerAsync("""{"answer":"no"}""");
        await debates.AnswerAsync("c", "no");
        await AgainAsync(api);
        foreach (var agent in (string[])["a", "b", "c"]) await debates.AnswerAsync(agent, "no");
        await AgainAsync(api);
        var end = await debates.EndAsync(id);

        Assert.Equal(("no", "agreement", 2), (end["verdict"].GetString(), end["decidedBy"].GetString(), end["rounds"].GetInt32()));
        Assert.Equal(["1.1 a yes", "1.2 b no", "1.3 c no", "2.1 a no", "2.2 b no", "2.3 c no"], DebateCalls.Transcript(end));
    }

    [Fact]
    public async Task Debate_DebaterDiesWithItsTurn_IsReplacedWhenItsLeaseIsOver()
    {
        await using var redis = await TestServer.StartAsync(new RedisServer());
        await using var api = await TestServer.StartAsync(new ApiServer(redis.ConnectionString));
        using var http = new HttpClient { BaseAddress = api.Address };
        var debates = new DebateCalls(new QueueCalls(http, "debates"));
        foreach (var agent in (string[])["a", "b", "c", "spare"]) await debates.RegisterAsync(agent);
        var id = await debates.StartAsync("""
            "agents":["a","b","c","spare"],"debaters":3
            """);
        var watch = Stopwatch.StartNew();

        var (dying, _, _) = await debates.Queue.TakeAsync("""{"agentId":"b","waitSeconds":30,"leaseSeconds":1}""");
        foreach (var agent in (string[])["a", "c", "spare"]) await debates.AnswerAsync(agent, "yes");
        var end = await debates.EndAsync(id);

        Assert.Equal($"{id}.r1.s2.t1", dying.GetProperty("id").GetString());
        Assert.Equal("yes", end["verdict"].GetString());
        Assert.Equal(["1.1 a yes", "1.2 b !", "1.2 spare yes", "1.3 c yes"], DebateCalls.Transcript(end));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"The debate took {watch.Elapsed}.");
    }

    private static async Task AgainAsync(ApiServer api)
    {
        await api.KillAsync();
        await api.RestartAsync();
    }
}
