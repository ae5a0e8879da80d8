using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Records of tasks as they were read from the store, by field.</summary>
internal sealed class StoredTasks
{
    // One answer of the store holds up no other for long: so many fields are a few megabytes at most, save for large results.
    private const int FieldsAtOnce = 1_000;

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _records = new(StringComparer.Ordinal);

    private StoredTasks()
    {
    }

    /// <summary>Reads fields that belong together as groups, none of which is torn apart: what one call reads is of one moment.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public static async Task<StoredTasks> ReadAsync(IQueueStore store, IEnumerable<IReadOnlyList<string>> groups, CancellationToken cancellationToken)
    {
        var read = new StoredTasks();
        var fields = new List<string>();
        foreach (var group in groups)
        {
            if (fields.Count > 0 && fields.Count + group.Count > FieldsAtOnce) await read.AddAsync(store, fields, cancellationToken);
            fields.AddRange(group);
        }
        if (fields.Count > 0) await read.AddAsync(store, fields, cancellationToken);
        return read;
    }

    /// <summary>The fields of everything that is stored of a task.</summary>
    public static IReadOnlyList<string> FieldsOf(string id) => [TaskFields.State(id), TaskFields.Body(id), TaskFields.Result(id)];

    /// <summary>The whole task, as a new object; null where its state is not there: then it was deleted.</summary>
    /// <exception cref="RecordException">A record cannot be trusted, or is missing beside the state.</exception>
    public TaskItem? Whole(string id)
    {
        if (!_records.TryGetValue(TaskFields.State(id), out var state)) return null;
        var task = TaskRecords.ReadState(id, state);
        if (!_records.TryGetValue(TaskFields.Body(id), out var body)) throw new RecordException(id, "has no body");
        task.Restore(TaskRecords.ReadBody(id, body));
        if (task.ResultBytes >= 0) task.Restore(Result(id) ?? throw new RecordException(id, "has no result, although it says so"));
        return task;
    }

    /// <summary>A task's result; null where there is none.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public ReadOnlyMemory<byte>? Result(string id)
        => _records.TryGetValue(TaskFields.Result(id), out var result) ? TaskRecords.ReadResult(id, result) : (ReadOnlyMemory<byte>?)null;

    private async Task AddAsync(IQueueStore store, List<string> fields, CancellationToken cancellationToken)
    {
        var values = await store.ReadTaskFieldsAsync(fields, cancellationToken);
        for (var index = 0; index < fields.Count; index++)
        {
            if (values[index] is { } value) _records[fields[index]] = value;
        }
        fields.Clear();
    }
}
