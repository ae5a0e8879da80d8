using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using StackExchange.Redis;

namespace TaskPlatform.Tests.EndToEnd;

/// <summary>Hears on <c>task_notifications</c> which tasks are completed, as anybody with access to Redis can.</summary>
internal sealed class FinishedTasks : IAsyncDisposable
{
    private readonly Channel<string> _heard = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, int> _completions = new();
    private ChannelMessageQueue? _messages;

    /// <summary>How often each task was said to be completed.</summary>
    public IReadOnlyDictionary<string, int> Completions => _completions;

    public static async Task<FinishedTasks> ListenAsync(IConnectionMultiplexer redis)
    {
        var finished = new FinishedTasks { _messages = await redis.GetSubscriber().SubscribeAsync(RedisChannel.Literal("task_notifications")) };
        finished._messages.OnMessage(finished.Hear);
        return finished;
    }

    /// <summary>Waits until so many more tasks were completed.</summary>
    public async Task WaitForAsync(int count)
    {
        for (; count > 0; count--) await _heard.Reader.ReadAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync() => await _messages!.UnsubscribeAsync();

    private void Hear(ChannelMessage message)
    {
        using var json = JsonDocument.Parse((byte[])message.Message!);
        if (json.RootElement.GetProperty("status").GetString() != "completed") return;
        var id = json.RootElement.GetProperty("task_id").GetString()!;
        _completions.AddOrUpdate(id, 1, (_, count) => count + 1);
        _heard.Writer.TryWrite(id);
    }
}
