using System.Text.Json.Nodes;
using System.Threading.Channels;
using StackExchange.Redis;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Queues;

/// <summary>What somebody sees who only listens to Redis.</summary>
public abstract class NotificationTests(ITestServer server)
{
    [Fact]
    public async Task Subscriber_OneTasksLife_SeesEachFieldInOrder()
    {
        await using var host = await QueueHost.StartAsync(server);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        var seen = Channel.CreateUnbounded<string>();
        // A queue of messages: a plain handler may be called with two at once.
        var messages = await redis.GetSubscriber().SubscribeAsync(RedisChannel.Literal("task_notifications"));
        messages.OnMessage(message => seen.Writer.TryWrite(message.Message!));

        await host.SubmitAsync("reviews", "t1");
        var grant = Assert.Single(await host.ClaimAsync("reviews"));
        await host.SendAsync("reviews", new Command.Complete("t1", grant.Task.Lease!.Token, null, null, null));

        await AssertNextAsync("""{"action":"new_task","task_id":"t1","task_type":"work","priority":3,"status":"pending","agent_id":null,"queue":"reviews"}""");
        await AssertNextAsync("""{"action":"task_updated","task_id":"t1","task_type":"work","priority":3,"status":"assigned","agent_id":"agent","queue":"reviews"}""");
        await AssertNextAsync("""{"action":"task_updated","task_id":"t1","task_type":"work","priority":3,"status":"completed","agent_id":"agent","queue":"reviews"}""");

        async Task AssertNextAsync(string expected)
        {
            var message = await seen.Reader.ReadAsync(TestContext.Current.CancellationToken);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(message)), message);
        }
    }

    [Fact]
    public async Task Subscriber_ManyTasksAtOnce_SeesEachInOrder()
    {
        await using var host = await QueueHost.StartAsync(server);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        var seen = Channel.CreateUnbounded<string>();
        var messages = await redis.GetSubscriber().SubscribeAsync(RedisChannel.Literal("task_notifications"));
        messages.OnMessage(message => seen.Writer.TryWrite(message.Message!));
        string[] ids = [.. Enumerable.Range(0, 1_000).Select(number => $"t{number}")];

        await host.SendAsync("many", new Command.SubmitGraph("graph", [.. ids.Select(id => new TaskSubmission { Id = id, Type = "work", Body = new TaskBody() })]));

        var told = new List<string>();
        while (told.Count < ids.Length) told.Add((string)JsonNode.Parse(await seen.Reader.ReadAsync(TestContext.Current.CancellationToken))!["task_id"]!);
        Assert.Equal(ids, told);
    }
}

public sealed class RedisNotificationTests(RedisServer server) : NotificationTests(server), IClassFixture<RedisServer>;

public sealed class GarnetNotificationTests(GarnetServer server) : NotificationTests(server), IClassFixture<GarnetServer>;
