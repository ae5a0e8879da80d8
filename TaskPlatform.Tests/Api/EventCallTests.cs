using System.Net.ServerSentEvents;
using System.Text.Json;
using StackExchange.Redis;

namespace TaskPlatform.Tests.Api;

/// <summary>What watchers are told: server-sent events, and the Redis channel.</summary>
public sealed class EventCallTests(SharedApi api)
{
    [Fact]
    public async Task Events_OfALife_ComeInOrderWithIdsAndKinds()
    {
        var queue = await api.QueueAsync();
        await using var watcher = await Watcher.OpenAsync(queue);
        var (_, id, token) = await queue.StartTaskAsync();
        await queue.PostAsync($"/tasks/{id}/heartbeat", $$"""{"leaseToken":"{{token}}","progress":0.5,"message":"half"}""");
        await queue.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}"}""");

        var events = await watcher.TakeAsync(4);

        Assert.Equal(["submitted", "claimed", "progress", "completed"], events.Select(happened => happened.EventType));
        Assert.All(events, happened => Assert.Matches("^[0-9]+-[0-9]+-[0-9]+$", happened.EventId));
        var progress = JsonElement.Parse(events[2].Data);
        Assert.Equal(events[2].EventId, progress.GetProperty("id").GetString());
        Assert.Equal(
            ("progress", queue.Queue, id, "work", "in_progress", "agent", 1, 0.5, "half"),
            (Text(progress, "kind"), Text(progress, "queue"), Text(progress, "taskId"), Text(progress, "type"), Text(progress, "state"),
                Text(progress, "agentId"), progress.GetProperty("attempt").GetInt32(), progress.GetProperty("progress").GetDouble(),
                Text(progress, "message")));
        Assert.EndsWith("Z", Text(progress, "at"));
    }

    [Fact]
    public async Task Events_ClaimByScore_GivesItsTerms()
    {
        var queue = await api.QueueAsync();
        (await queue.PutAsync("", """{"policy":"score","matching":{"load":7}}""")).Expect(200);
        await using var watcher = await Watcher.OpenAsync(queue);
        await queue.StartTaskAsync();

        var events = await watcher.TakeAsync(2);

        Assert.Equal(
            """{"policy":"score","score":80,"terms":{"capability":50,"priority":10,"load":0,"success":20},"overdue":false}""",
            JsonElement.Parse(events[1].Data).GetProperty("match").GetRawText());
    }

    [Fact]
    public async Task Events_OfChangesByPeople_HaveKindsOfTheirOwn()
    {
        var queue = await api.QueueAsync();
        await using var watcher = await Watcher.OpenAsync(queue);
        var graph = (await queue.PostAsync("/graphs", """{"tasks":[{"id":"a","type":"work"}]}""")).Expect(201)["graphId"].GetString();
        await queue.PatchAsync("/tasks/a", """{"priority":"high"}""");
        var (_, id, token) = await queue.TakeAsync();
        await queue.PostAsync($"/tasks/{id}/ask", $$"""{"leaseToken":"{{token}}","question":"?"}""");
        await queue.PostAsync($"/tasks/{id}/answer", """{"answer":1}""");
        await queue.PostAsync($"/tasks/{id}/cancel");
        await queue.PostAsync($"/tasks/{id}/retry");
        await queue.PostAsync($"/tasks/{id}/cancel");
        await queue.DeleteAsync($"/tasks/{id}");

        var events = await watcher.TakeAsync(10);

        Assert.Equal(
            [
                "submitted pending", "updated pending", "claimed assigned", "waiting waiting", "ready pending", "cancelled cancelled", "retried blocked",
                "ready pending", "cancelled cancelled", "deleted cancelled",
            ],
            events.Select(happened => $"{happened.EventType} {Text(JsonElement.Parse(happened.Data), "state")}"));
        Assert.All(events, happened => Assert.Equal(graph, Text(JsonElement.Parse(happened.Data), "graphId")));
    }

    [Fact]
    public async Task Events_Resumed_GoOnBehindTheLastId()
    {
        var queue = await api.QueueAsync();
        await using var first = await Watcher.OpenAsync(queue);
        for (var index = 0; index < 3; index++) await queue.SubmitAsync($$"""{"id":"t{{index}}","type":"work"}""");
        var seen = await first.TakeAsync(3);

        await using var second = await Watcher.OpenAsync(queue, seen[0].EventId);
        var missed = await second.TakeAsync(2);

        Assert.Equal(seen.Skip(1).Select(happened => happened.Data), missed.Select(happened => happened.Data));
    }

    [Theory]
    [InlineData("0-0-0")]
    [InlineData("nonsense")]
    public async Task Events_UnknownLastId_BeginWithReset(string lastId)
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"type":"work"}""");

        await using var watcher = await Watcher.OpenAsync(queue, lastId);
        var reset = Assert.Single(await watcher.TakeAsync(1));
        await queue.SubmitAsync("""{"type":"work"}""");
        var next = Assert.Single(await watcher.TakeAsync(1));

        Assert.Equal(("reset", "submitted"), (reset.EventType, next.EventType));
        Assert.Equal("reset", Text(JsonElement.Parse(reset.Data), "kind"));
        Assert.False(JsonElement.Parse(reset.Data).TryGetProperty("taskId", out _));
    }

    [Fact]
    public async Task Notifications_OfALife_CarryEveryFieldOnTheChannel()
    {
        var queue = await api.QueueAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync(await api.RedisAsync());
        var channel = await redis.GetSubscriber().SubscribeAsync(RedisChannel.Literal("task_notifications"));

        var (_, id, token) = await queue.StartTaskAsync("""{"type":"coding","priority":"high"}""");
        await queue.PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}"}""");

        Assert.Equal(
            ["new_task coding 2 pending -", "task_updated coding 2 assigned agent", "task_updated coding 2 completed agent"],
            [await NextAsync(channel, id), await NextAsync(channel, id), await NextAsync(channel, id)]);
        async Task<string> NextAsync(ChannelMessageQueue messages, string taskId)
        {
            while (true)
            {
                var told = JsonElement.Parse(((string?)(await messages.ReadAsync(TestContext.Current.CancellationToken)).Message)!);
                if (Text(told, "task_id") != taskId) continue;
                Assert.Equal(queue.Queue, Text(told, "queue"));
                return $"{Text(told, "action")} {Text(told, "task_type")} {told.GetProperty("priority").GetInt32()} {Text(told, "status")} {Text(told, "agent_id") ?? "-"}";
            }
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>A reader of the stream, open from the moment it is there.</summary>
    private sealed class Watcher(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items) : IAsyncDisposable
    {
        public static async Task<Watcher> OpenAsync(QueueCalls queue, string? lastId = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, queue.Path("/events"));
            if (lastId is not null) request.Headers.Add("Last-Event-ID", lastId);
            var response = await queue.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal((200, "text/event-stream"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            return new Watcher(response, SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator());
        }

        public async Task<List<SseItem<string>>> TakeAsync(int count)
        {
            var taken = new List<SseItem<string>>();
            while (taken.Count < count && await items.MoveNextAsync()) taken.Add(items.Current);
            return taken;
        }

        public async ValueTask DisposeAsync()
        {
            await items.DisposeAsync();
            response.Dispose();
        }
    }
}
