using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Reads a queue's records into an engine.</summary>
internal static class QueueLoader
{
    /// <returns>Tasks that were written but never existed for anybody: to be deleted.</returns>
    /// <exception cref="RecordException">A record cannot be trusted; the queue is not to be served.</exception>
    /// <exception cref="StoreUnavailableException">The store did not answer; to be tried anew from the start.</exception>
    public static async Task<IReadOnlyList<TaskItem>> LoadAsync(
        TaskEngine engine, IQueueStore store, ReadOnlyMemory<byte>? settings, Func<Moment> now, CancellationToken cancellationToken)
    {
        if (settings is { } record) engine.Load(QueueRecords.ReadSettings(record.Span));
        await foreach (var page in store.LoadStateAsync(cancellationToken))
        {
            foreach (var stored in page) QueueCodec.LoadState(engine, stored);
        }
        await LoadTasksAsync(engine, store, cancellationToken);
        return engine.FinishLoading(now());
    }

    private static async Task LoadTasksAsync(TaskEngine engine, IQueueStore store, CancellationToken cancellationToken)
    {
        // Pages come in no order, and finished tasks need neither body nor result in memory.
        var waitingForBody = new Dictionary<string, TaskItem>();
        var bodies = new Dictionary<string, TaskBody>();
        await foreach (var page in store.LoadTasksAsync(cancellationToken))
        {
            foreach (var (field, value) in page)
            {
                var (id, part) = TaskFields.Parse(field);
                if (part == TaskPart.Body) bodies[id] = TaskRecords.ReadBody(id, value.Span);
                if (part != TaskPart.State) continue;
                var task = TaskRecords.ReadState(id, value.Span);
                engine.Load(task);
                if (!task.State.IsFinal()) waitingForBody[id] = task;
            }
        }
        foreach (var task in waitingForBody.Values)
            task.Restore(bodies.GetValueOrDefault(task.Id) ?? throw new RecordException(task.Id, "has no body"));
    }
}
