using System.Diagnostics;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Between what the engine changed and what the store keeps.</summary>
internal static class QueueCodec
{
    private static readonly (RecordKind Kind, string Prefix)[] Prefixes =
    [
        (RecordKind.Agent, "agent:"), (RecordKind.Graph, "graph:"), (RecordKind.Key, "key:"), (RecordKind.Schedule, "schedule:"),
        (RecordKind.Operation, "operation:"), (RecordKind.Unique, "unique:"), (RecordKind.Tombstone, "gone:"), (RecordKind.Rate, "rate:"),
        (RecordKind.Budget, "budget:"), (RecordKind.Step, "step:"), (RecordKind.Route, "route:"),
    ];

    /// <summary>
    /// Adds the changes to those that are to be committed. A task's body and result go before its state, so that a write which is cut short never
    /// leaves a state without them; graphs come last of all, and make their tasks exist.
    /// </summary>
    public static void Write(EngineChanges changes, ChangeSet records)
    {
        // Each task's records stand in a batch's changes once; only a buffered queue adds several batches to one set.
        var areNew = records.IsEmpty && changes.DeletedTasks.Count == 0;
        records.Expect(2 * changes.Tasks.Count + 3 * changes.DeletedTasks.Count, changes.Records.Count);
        for (var index = 0; index < changes.DeletedTasks.Count; index++) Delete(records, changes.DeletedTasks[index]);
        for (var index = 0; index < changes.Tasks.Count; index++) Write(records, changes.Tasks[index], areNew);
        foreach (var change in changes.Records.Where(change => change.Kind != RecordKind.Graph)) Write(records, change);
        foreach (var change in changes.Records.Where(change => change.Kind == RecordKind.Graph)) Write(records, change);
        if (changes.Settings is { } settings) records.PutSettings(QueueRecords.Write(settings));
    }

    private static void Write(ChangeSet records, TaskChange change, bool isNew)
    {
        var task = change.Task;
        if (change.WritesBody) Write(records, task.Id, TaskPart.Body, TaskRecords.WriteBody(task.Id, task.Body!), isNew);
        if (change.WritesResult) Write(records, task.Id, TaskPart.Result, TaskRecords.WriteResult(task.Id, task.Result), isNew);
        Write(records, task.Id, TaskPart.State, TaskRecords.WriteState(task), isNew);
    }

    private static void Write(ChangeSet records, string id, TaskPart part, ReadOnlySpan<byte> record, bool isNew)
    {
        if (isNew) records.AddTask(id, part, record);
        else records.PutTask(id + TaskFields.Ending(id, part), record);
    }

    /// <summary>Adds one record of the state hash to those that are to be committed.</summary>
    public static void Write(ChangeSet records, RecordChange change)
    {
        var field = FieldOf(change.Kind, change.Key);
        if (change.Record is { } record) records.PutState(field, QueueRecords.Write(record));
        else records.DeleteState(field);
    }

    private static void Delete(ChangeSet records, string taskId)
    {
        records.DeleteTask(TaskFields.State(taskId));
        records.DeleteTask(TaskFields.Body(taskId));
        records.DeleteTask(TaskFields.Result(taskId));
    }

    /// <summary>The name of a record in the state hash.</summary>
    internal static string FieldOf(RecordKind kind, string key)
    {
        foreach (var (known, prefix) in Prefixes)
        {
            if (known == kind) return prefix + key;
        }
        throw new UnreachableException($"No record of kind {kind} stands in the state hash.");
    }

    /// <summary>Reads one record of the state hash.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static IQueueRecord ReadState(StoredRecord stored)
    {
        var field = stored.Field.ToString();
        foreach (var (kind, prefix) in Prefixes)
        {
            if (field.StartsWith(prefix, StringComparison.Ordinal)) return QueueRecords.Read(kind, field[prefix.Length..], stored.Value);
        }
        throw new RecordException(field, "is of a kind that this program does not know");
    }
}
