using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>What the store would hold: every change as the bytes of its records, so that a crash can be played at any moment.</summary>
public sealed class RecordShelf
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _states = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _bodies = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _results = [];
    private readonly Dictionary<(RecordKind Kind, string Key), ReadOnlyMemory<byte>> _records = [];
    private ReadOnlyMemory<byte>? _settings;

    public int Tasks => _states.Count;

    public bool Has(string taskId) => _states.ContainsKey(taskId);

    /// <summary>How many records of a kind stand beside the tasks.</summary>
    public int Count(RecordKind kind) => _records.Keys.Count(record => record.Kind == kind);

    public void Put(EngineChanges changes)
    {
        foreach (var id in changes.DeletedTasks) Delete(id);
        foreach (var change in changes.Tasks) Put(change);
        foreach (var change in changes.Records) Put(change);
        if (changes.Settings is { } settings) _settings = QueueRecords.Write(settings).ToArray();
    }

    private void Put(TaskChange change)
    {
        var task = change.Task;
        _states[task.Id] = TaskRecords.WriteState(task).ToArray();
        if (change.WritesBody) _bodies.Add(task.Id, TaskRecords.WriteBody(task.Id, task.Body!).ToArray());
        if (change.WritesResult) _results[task.Id] = TaskRecords.WriteResult(task.Id, task.Result).ToArray();
    }

    private void Put(RecordChange change)
    {
        if (change.Record is null) _records.Remove((change.Kind, change.Key));
        else _records[(change.Kind, change.Key)] = QueueRecords.Write(change.Record).ToArray();
    }

    /// <summary>Plays a crash in the middle of a graph's write: its record, which is written last, is not there.</summary>
    public void LoseGraph(string graphId) => Assert.True(_records.Remove((RecordKind.Graph, graphId)));

    public ReadOnlyMemory<byte> Result(string taskId) => TaskRecords.ReadResult(taskId, _results[taskId]);

    public TaskBody Body(string taskId) => TaskRecords.ReadBody(taskId, _bodies[taskId]);

    /// <summary>A task with all of its records.</summary>
    public TaskItem Task(string id)
    {
        var task = TaskRecords.ReadState(id, _states[id]);
        task.Restore(Body(id));
        if (task.ResultBytes >= 0) task.Restore(Result(id));
        return task;
    }

    /// <summary>What a new owner does: all records first, in any order, then the indexes.</summary>
    public void LoadInto(TaskEngine engine, Moment now)
    {
        if (_settings is { } settings) engine.Load(QueueRecords.ReadSettings(settings));
        foreach (var (id, record) in _states) engine.Load(ReadTask(id, record));
        foreach (var ((kind, key), record) in _records) engine.Load(QueueRecords.Read(kind, key, record));
        foreach (var task in engine.LoadedUnjudged) task.Restore(Result(task.Id));
        engine.FinishLoading(now);
    }

    private TaskItem ReadTask(string id, ReadOnlyMemory<byte> record)
    {
        var task = TaskRecords.ReadState(id, record);
        if (!task.State.IsFinal()) task.Restore(Body(id));
        return task;
    }

    private void Delete(string id)
    {
        _states.Remove(id);
        _bodies.Remove(id);
        _results.Remove(id);
    }
}
