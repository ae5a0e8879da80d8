using TaskPlatform.Api.Analytics;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Reads a queue's records into an engine.</summary>
internal static class QueueLoader
{
    /// <exception cref="RecordException">A record cannot be trusted; the queue is not to be served.</exception>
    /// <exception cref="StoreUnavailableException">The store did not answer; to be tried anew from the start.</exception>
    /// <returns>The moment from which on what was loaded counts.</returns>
    public static async Task<Moment> LoadAsync(
        TaskEngine engine, QueueAnalytics analytics, IQueueStore store, Takeover.Acquired takeover, Func<Moment> now,
        CancellationToken cancellationToken)
    {
        if (takeover.Settings is { } record) engine.Load(QueueRecords.ReadSettings(record));
        await foreach (var page in store.LoadStateAsync(cancellationToken))
        {
            foreach (var stored in page.Span)
            {
                var kept = QueueCodec.ReadState(stored);
                if (kept is AnalyticsStep step) analytics.Load(step);
                else engine.Load(kept);
            }
        }
        // Each task that is not over has two records, one that is over two or three.
        engine.Expect((int)(takeover.TaskRecords / 2));
        var tasks = new TaskPages(engine);
        await foreach (var page in store.LoadTasksAsync(cancellationToken))
        {
            foreach (var stored in page.Span) tasks.Take(stored);
        }
        await LoadUnjudgedAsync(engine, store, cancellationToken);
        var loaded = now();
        engine.FinishLoading(loaded);
        return loaded;
    }

    /// <summary>Results that wait for their verdict are the only ones that memory needs.</summary>
    private static async Task LoadUnjudgedAsync(TaskEngine engine, IQueueStore store, CancellationToken cancellationToken)
    {
        var tasks = engine.LoadedUnjudged;
        if (tasks.Count == 0) return;
        var read = await StoredTasks.ReadAsync(store, tasks.Select(task => (IReadOnlyList<string>)[TaskFields.Result(task.Id)]), cancellationToken);
        foreach (var task in tasks) task.Restore(read.Result(task.Id) ?? throw new RecordException(task.Id, "has no result, although it says so"));
    }

    /// <summary>
    /// Pages come in no order, and a field may come twice. A finished task needs no body in memory, so its body is dropped unread as soon as both
    /// have come.
    /// </summary>
    private sealed class TaskPages(TaskEngine engine)
    {
        private readonly Dictionary<string, ReadOnlyMemory<byte>> _waitingForState = [];

        public void Take(StoredRecord stored)
        {
            var part = TaskFields.Parse(stored.Field.Span, out var idLength);
            var id = stored.Field.Span[..idLength];
            if (part == TaskPart.State) TakeState(id, stored.Value);
            else if (part == TaskPart.Body) TakeBody(id, stored.Value);
        }

        private void TakeState(ReadOnlySpan<char> id, ReadOnlyMemory<byte> record)
        {
            var hasBody = _waitingForState.GetAlternateLookup<ReadOnlySpan<char>>().Remove(id, out var known, out var body);
            var task = TaskRecords.ReadState(known ?? id.ToString(), record);
            if (engine.Load(task) && hasBody) Restore(task, body);
        }

        private void TakeBody(ReadOnlySpan<char> id, ReadOnlyMemory<byte> record)
        {
            if (engine.FindLoaded(id) is not { } task) _waitingForState[id.ToString()] = record;
            else if (task.Body is null) Restore(task, record);
        }

        private static void Restore(TaskItem task, ReadOnlyMemory<byte> body)
        {
            if (!task.State.IsFinal()) task.Restore(TaskRecords.ReadBody(task.Id, body));
        }
    }
}
