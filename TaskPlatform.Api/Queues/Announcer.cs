using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Tells what was stored: to the queue's event streams, and on the Redis channel <c>task_notifications</c>.</summary>
internal sealed class Announcer(TaskNotifications notifications)
{
    public void Announce(IQueueOwner owner, IReadOnlyList<TaskEvent> happened, long epoch, long sequence, long unixMs)
    {
        if (happened.Count == 0) return;
        var events = new QueueEvent[happened.Count];
        for (var index = 0; index < events.Length; index++)
        {
            events[index] = ToQueueEvent(happened[index], new EventId(epoch, sequence, index + 1), unixMs);
            notifications.Publish(ToNotification(owner.Queue, happened[index]));
        }
        owner.Events.Publish(events);
    }

    private static QueueEvent ToQueueEvent(in TaskEvent happened, EventId id, long unixMs)
    {
        var task = happened.Task;
        return new QueueEvent(
            id, happened.Kind, unixMs, task.Id, task.Type, task.GraphId, Words.Of(happened.State), happened.AgentId, happened.Attempt,
            happened.ReportedProgress, happened.Message)
        {
            Match = happened.Kind == TaskEvent.Claimed ? happened.Lease?.Match : null,
            EndedAttempt = happened.Ended?.Attempt,
            End = TaskEnd.Of(happened, unixMs),
            Routing = happened.Kind == TaskEvent.Claimed ? happened.Routing : null,
        };
    }

    private static TaskNotification ToNotification(string queue, in TaskEvent happened)
    {
        var task = happened.Task;
        var action = happened.Kind == TaskEvent.Submitted ? "new_task" : "task_updated";
        // The priority may be a later one already: the task is the truth.
        return new TaskNotification(action, queue, task.Id, task.Type, (int)task.Priority, Words.Of(happened.State), happened.AgentId);
    }
}
