using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using TaskPlatform.Api.Store;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Store;

public sealed class TaskNotificationsTests
{
    private static readonly TaskNotification Example = new("new_task", "reviews", "t-1", "coding", 2, "pending", null);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_Subscribed_TellsEveryField()
    {
        await using var server = await TestServer.StartAsync(new RedisServer());
        await using var subscriber = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        var messages = await subscriber.GetSubscriber().SubscribeAsync(RedisChannel.Literal("task_notifications"));
        await using var connections = new RedisConnections(server.ConnectionString, NullLogger<RedisConnections>.Instance);
        using var notifications = new TaskNotifications(connections, NullLogger<TaskNotifications>.Instance);
        await notifications.StartAsync(Cancel);

        notifications.Publish(Example);
        notifications.Publish(Example with { Action = "task_updated", Status = "assigned", AgentId = "coder" });

        Assert.Equal(
            """{"action":"new_task","task_id":"t-1","task_type":"coding","priority":2,"status":"pending","agent_id":null,"queue":"reviews"}""",
            (string?)(await messages.ReadAsync(Cancel)).Message);
        Assert.Equal(
            """{"action":"task_updated","task_id":"t-1","task_type":"coding","priority":2,"status":"assigned","agent_id":"coder","queue":"reviews"}""",
            (string?)(await messages.ReadAsync(Cancel)).Message);
        await notifications.StopAsync(Cancel);
    }

    [Fact]
    public async Task Publish_NobodySubscribed_IsNotSentUntilSomebodyDoes()
    {
        await using var server = await TestServer.StartAsync(new RedisServer());
        await using var connections = new RedisConnections(server.ConnectionString, NullLogger<RedisConnections>.Instance);
        using var notifications = new TaskNotifications(connections, NullLogger<TaskNotifications>.Instance);
        await notifications.StartAsync(Cancel);

        // When it asks for the second time who subscribes, what became of the first is decided.
        for (var asked = 1; asked <= 2; asked++)
        {
            notifications.Publish(Example with { TaskId = "unheard" });
            while (await CallsOfAsync("pubsub|numpat", connections) < asked) Cancel.ThrowIfCancellationRequested();
        }
        Assert.Equal(0, await CallsOfAsync("eval", connections));

        await using var subscriber = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        var messages = await subscriber.GetSubscriber().SubscribeAsync(RedisChannel.Pattern("task_*"));
        notifications.Publish(Example with { TaskId = "heard" });
        Assert.Contains("\"task_id\":\"heard\"", (string?)(await messages.ReadAsync(Cancel)).Message);
        Assert.NotEqual(0, await CallsOfAsync("eval", connections));
        await notifications.StopAsync(Cancel);
    }

    private static async Task<long> CallsOfAsync(string command, RedisConnections connections)
    {
        var told = RedisInfo.Parse((string)(await (await connections.OtherAsync()).ExecuteAsync("INFO", "commandstats"))!);
        return told.Where(fact => fact.Key.StartsWith($"cmdstat_{command}", StringComparison.Ordinal))
            .Sum(fact => long.Parse(fact.Value.Split(',')[0].Split('=')[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Publish_BufferFull_DropsAndCounts()
    {
        var dropped = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "taskplatform.notifications.dropped") listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref dropped, count));
        listener.Start();
        // Never started, so nothing is taken out of the buffer.
        using var notifications = new TaskNotifications(
            new RedisConnections("127.0.0.1:1", NullLogger<RedisConnections>.Instance), NullLogger<TaskNotifications>.Instance);

        for (var i = 0; i < 16_384 + 5; i++) notifications.Publish(Example);

        Assert.Equal(5, dropped);
    }
}
