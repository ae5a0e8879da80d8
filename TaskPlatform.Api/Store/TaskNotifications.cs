using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using StackExchange.Redis;

namespace TaskPlatform.Api.Store;

/// <summary>What the channel <c>task_notifications</c> tells of a task, after commit.</summary>
/// <param name="Action"><c>new_task</c> or <c>task_updated</c>.</param>
/// <param name="Queue">The task's queue.</param>
/// <param name="TaskId">The task's id.</param>
/// <param name="TaskType">The task's type.</param>
/// <param name="Priority">1 (critical) to 4 (low).</param>
/// <param name="Status">The task's state, as the HTTP interface spells it.</param>
/// <param name="AgentId">The agent that has it, or null.</param>
public readonly record struct TaskNotification(
    string Action, string Queue, string TaskId, string TaskType, int Priority, string Status, string? AgentId);

/// <summary>
/// Publishes hints on a Redis channel. Nobody waits for it: what does not fit the buffer, or cannot be sent because Redis is away, is
/// dropped and counted. The task is the truth, a notification only says that it is worth a look.
/// </summary>
public sealed class TaskNotifications(RedisConnections connections, ILogger<TaskNotifications> logger) : BackgroundService
{
    /// <summary>The channel's name.</summary>
    public const string ChannelName = "task_notifications";

    private const int Buffered = 16_384;
    private const int AtOnce = 256;

    // One call for all that wait: a call for each would be a fifth of the service's work when there are many.
    private const string PublishAll = $"for i = 1, #ARGV do redis.call('PUBLISH', '{ChannelName}', ARGV[i]) end";

    private readonly Channel<TaskNotification> _waiting = Channel.CreateBounded<TaskNotification>(
        new BoundedChannelOptions(Buffered) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    /// <summary>Returns at once. To be called after the store acknowledged what is told.</summary>
    public void Publish(in TaskNotification notification)
    {
        if (!_waiting.Writer.TryWrite(notification)) StoreMetrics.NotificationDropped("buffer-full");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var messages = new List<RedisValue>(AtOnce);
        var buffer = new ArrayBufferWriter<byte>(256);
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            while (messages.Count < AtOnce && _waiting.Reader.TryRead(out var notification)) messages.Add(Encode(notification, buffer));
            if (!await TrySendAsync(messages)) StoreMetrics.NotificationDropped("unavailable", messages.Count);
            messages.Clear();
        }
    }

    private async Task<bool> TrySendAsync(List<RedisValue> messages)
    {
        try
        {
            var database = await connections.OtherAsync();
            if (!database.Multiplexer.IsConnected) return false;
            if (messages.Count == 1) await database.PublishAsync(RedisChannel.Literal(ChannelName), messages[0]);
            else await database.ScriptEvaluateAsync(PublishAll, keys: null, [.. messages], CommandFlags.DemandMaster);
            return true;
        }
        catch (Exception failure) when (failure is StoreUnavailableException || RedisFailures.IsUnavailable(failure))
        {
            if (failure is StoreUnavailableException) Log.NotificationsDropped(logger, failure.Message);
            return false;
        }
    }

    private static byte[] Encode(in TaskNotification notification, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("action", notification.Action);
            json.WriteString("task_id", notification.TaskId);
            json.WriteString("task_type", notification.TaskType);
            json.WriteNumber("priority", notification.Priority);
            json.WriteString("status", notification.Status);
            json.WriteString("agent_id", notification.AgentId);
            json.WriteString("queue", notification.Queue);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
