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
/// <remarks>
/// What is published while nobody subscribes is heard by nobody, so then it is neither written nor sent: Redis is asked, after it happened, who
/// subscribes. That was a tenth of the service's work and a sixth of Redis's.
/// </remarks>
public sealed class TaskNotifications(RedisConnections connections, ILogger<TaskNotifications> logger) : BackgroundService
{
    /// <summary>The channel's name.</summary>
    public const string ChannelName = "task_notifications";

    private const int Buffered = 16_384;
    private const int AtOnce = 256;

    // One call for all that wait: a call for each would be a fifth of the service's work when there are many. Tells how many heard the last.
    private const string PublishAll = $"local heard = 0 for i = 1, #ARGV do heard = redis.call('PUBLISH', '{ChannelName}', ARGV[i]) end return heard";

    private static readonly RedisChannel Everybody = RedisChannel.Literal(ChannelName);

    private readonly Channel<TaskNotification> _waiting = Channel.CreateBounded<TaskNotification>(
        new BoundedChannelOptions(Buffered) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    // As the last call told: then who subscribes is not asked first.
    private bool _isHeard;

    /// <summary>Returns at once. To be called after the store acknowledged what is told.</summary>
    public void Publish(in TaskNotification notification)
    {
        if (!_waiting.Writer.TryWrite(notification)) StoreMetrics.NotificationDropped("buffer-full");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var some = new List<TaskNotification>(AtOnce);
        var buffer = new ArrayBufferWriter<byte>(256);
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            while (some.Count < AtOnce && _waiting.Reader.TryRead(out var notification)) some.Add(notification);
            if (!await TrySendAsync(some, buffer)) StoreMetrics.NotificationDropped("unavailable", some.Count);
            some.Clear();
        }
    }

    private async Task<bool> TrySendAsync(List<TaskNotification> some, ArrayBufferWriter<byte> buffer)
    {
        try
        {
            var database = await connections.OtherAsync();
            if (!database.Multiplexer.IsConnected) return false;
            if (!_isHeard && !await MayBeHeardAsync()) return true;
            RedisValue[] messages = [.. some.Select(notification => (RedisValue)Encode(notification, buffer))];
            _isHeard = (long)await database.ScriptEvaluateAsync(PublishAll, keys: null, messages, CommandFlags.DemandMaster) > 0;
            return true;
        }
        catch (Exception failure) when (failure is StoreUnavailableException || RedisFailures.IsUnavailable(failure))
        {
            if (failure is StoreUnavailableException) Log.NotificationsDropped(logger, failure.Message);
            return false;
        }
    }

    /// <summary>
    /// False only where it is certain that nobody subscribes: one server, without replicas, whose subscribers are known. A replica and another
    /// node of a cluster have subscribers of their own.
    /// </summary>
    private async Task<bool> MayBeHeardAsync()
    {
        try
        {
            if (await connections.PrimariesAsync() is not [{ ServerType: ServerType.Standalone } server]) return true;
            var (subscribers, patterns, role) = (server.SubscriptionSubscriberCountAsync(Everybody), server.SubscriptionPatternCountAsync(), server.RoleAsync());
            return await subscribers > 0 || await patterns > 0 || await role is not Role.Master { Replicas.Count: 0 };
        }
        catch (Exception failure) when (failure is RedisServerException or RedisCommandException)
        {
            return true; // forbidden, as managed servers often have it, or not known, or switched off in the connection string
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
