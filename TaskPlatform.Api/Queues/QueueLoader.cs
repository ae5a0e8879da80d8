using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Reads a queue's records into an engine.</summary>
internal static class QueueLoader
{
    /// <exception cref="RecordException">A record cannot be trusted; the queue is not to be served.</exception>
    /// <exception cref="StoreUnavailableException">The store did not answer; to be tried anew from the start.</exception>
    public static async Task LoadAsync(
        TaskEngine engine, IQueueStore store, ReadOnlyMemory<byte>? settings, Func<Moment> now, CancellationToken cancellationToken)
    {
        if (settings is { } record) engine.Load(QueueRecords.ReadSettings(record.Span));
        await foreach (var page in store.LoadStateAsync(cancellationToken))
        {
            foreach (var stored in page) engine.Load(QueueCodec.ReadState(stored));
        }
        var tasks = new TaskPages(engine);
        await foreach (var page in store.LoadTasksAsync(cancellationToken))
        {
            foreach (var stored in page) tasks.Take(stored);
        }
        tasks.End();
        engine.FinishLoading(now());
    }

    /// <summary>
    /// Pages come in no order, and a field may come twice. A finished task needs no body in memory, so its body is dropped unread as soon as both
    /// have come.
    /// </summary>
    private sealed class TaskPages(TaskEngine engine)
    {
        private readonly Dictionary<string, TaskItem> _waitingForBody = [];
        private readonly Dictionary<string, ReadOnlyMemory<byte>> _waitingForState = [];

        public void Take(StoredRecord stored)
        {
            var (id, part) = TaskFields.Parse(stored.Field);
            if (part == TaskPart.State) TakeState(id, stored.Value);
            else if (part == TaskPart.Body) TakeBody(id, stored.Value);
        }

        public void End()
        {
            if (_waitingForBody.Count > 0) throw new RecordException(_waitingForBody.Keys.Min(StringComparer.Ordinal)!, "has no body");
        }

        private void TakeState(string id, ReadOnlyMemory<byte> record)
        {
            if (engine.HasLoaded(id)) return;
            var task = TaskRecords.ReadState(id, record.Span);
            if (_waitingForState.Remove(id, out var body)) Restore(task, body);
            else if (!task.State.IsFinal()) _waitingForBody.Add(id, task);
            engine.Load(task);
        }

        private void TakeBody(string id, ReadOnlyMemory<byte> record)
        {
            if (_waitingForBody.Remove(id, out var task)) Restore(task, record);
            else if (!engine.HasLoaded(id)) _waitingForState[id] = record;
        }

        private static void Restore(TaskItem task, ReadOnlyMemory<byte> body)
        {
            if (!task.State.IsFinal()) task.Restore(TaskRecords.ReadBody(task.Id, body.Span));
        }
    }
}
