using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Between what the engine changed and what the store keeps.</summary>
internal static class QueueCodec
{
    private const string AgentPrefix = "agent:";
    private const string GraphPrefix = "graph:";
    private const string KeyPrefix = "key:";

    /// <summary>
    /// The changes as records. A task's body and result go before its state, so that a write which is cut short never leaves a state without
    /// them; graphs are written last of all, and make their tasks exist.
    /// </summary>
    public static ChangeSet Write(EngineChanges changes, IReadOnlyList<TaskItem> deleted)
    {
        var records = new ChangeSet();
        foreach (var task in deleted) Delete(records, task.Id);
        foreach (var change in changes.Tasks) Write(records, change);
        foreach (var key in changes.ForgottenKeys) records.DeleteState(KeyPrefix + key);
        foreach (var entry in changes.Keys) records.PutState(KeyPrefix + entry.Key, QueueRecords.Write(entry));
        foreach (var agent in changes.Agents) records.PutState(AgentPrefix + agent.Id, QueueRecords.Write(agent));
        foreach (var graph in changes.Graphs) records.PutState(GraphPrefix + graph.Id, QueueRecords.Write(graph));
        if (changes.Settings is { } settings) records.PutSettings(QueueRecords.Write(settings));
        return records;
    }

    private static void Write(ChangeSet records, TaskChange change)
    {
        var task = change.Task;
        if (change.WritesBody) records.PutTask(TaskFields.Body(task.Id), TaskRecords.WriteBody(task.Id, task.Body!));
        if (change.WritesResult) records.PutTask(TaskFields.Result(task.Id), TaskRecords.WriteResult(task.Id, task.Result));
        records.PutTask(TaskFields.State(task.Id), TaskRecords.WriteState(task));
    }

    private static void Delete(ChangeSet records, string taskId)
    {
        records.DeleteTask(TaskFields.State(taskId));
        records.DeleteTask(TaskFields.Body(taskId));
        records.DeleteTask(TaskFields.Result(taskId));
    }

    /// <summary>Hands one record of the state hash to the engine.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static void LoadState(TaskEngine engine, StoredRecord record)
    {
        var field = record.Field;
        var value = record.Value.Span;
        if (field.StartsWith(AgentPrefix, StringComparison.Ordinal)) engine.Load(QueueRecords.ReadAgent(field[AgentPrefix.Length..], value));
        else if (field.StartsWith(GraphPrefix, StringComparison.Ordinal)) engine.Load(QueueRecords.ReadGraph(field[GraphPrefix.Length..], value));
        else if (field.StartsWith(KeyPrefix, StringComparison.Ordinal)) engine.Load(QueueRecords.ReadKey(field[KeyPrefix.Length..], value));
        else throw new RecordException(field, "is of a kind that this program does not know");
    }
}
