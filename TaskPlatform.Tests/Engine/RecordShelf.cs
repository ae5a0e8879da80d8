using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>What the store would hold: every change as the bytes of its records, so that a crash can be played at any moment.</summary>
public sealed class RecordShelf
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _states = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _bodies = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _results = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _agents = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _graphs = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _keys = [];
    private ReadOnlyMemory<byte>? _settings;

    public int Tasks => _states.Count;

    public int Keys => _keys.Count;

    public void Put(EngineChanges changes)
    {
        foreach (var change in changes.Tasks) Put(change);
        foreach (var agent in changes.Agents) _agents[agent.Id] = QueueRecords.Write(agent);
        foreach (var graph in changes.Graphs) _graphs[graph.Id] = QueueRecords.Write(graph);
        foreach (var entry in changes.Keys) _keys[entry.Key] = QueueRecords.Write(entry);
        foreach (var key in changes.ForgottenKeys) _keys.Remove(key);
        if (changes.Settings is { } settings) _settings = QueueRecords.Write(settings);
    }

    private void Put(TaskChange change)
    {
        var task = change.Task;
        _states[task.Id] = TaskRecords.WriteState(task);
        if (change.WritesBody) _bodies.Add(task.Id, TaskRecords.WriteBody(task.Id, task.Body!));
        if (change.WritesResult) _results[task.Id] = TaskRecords.WriteResult(task.Id, task.Result);
    }

    /// <summary>Plays a crash in the middle of a graph's write: its record, which is written last, is not there.</summary>
    public void LoseGraph(string graphId) => Assert.True(_graphs.Remove(graphId));

    public ReadOnlyMemory<byte> Result(string taskId) => TaskRecords.ReadResult(taskId, _results[taskId].Span);

    public TaskBody Body(string taskId) => TaskRecords.ReadBody(taskId, _bodies[taskId].Span);

    /// <summary>What a new owner does: all records first, in any order, then the indexes.</summary>
    public void LoadInto(TaskEngine engine, Moment now)
    {
        if (_settings is { } settings) engine.Load(QueueRecords.ReadSettings(settings.Span));
        foreach (var (id, record) in _states) engine.Load(ReadTask(id, record));
        foreach (var (id, record) in _agents) engine.Load(QueueRecords.ReadAgent(id, record.Span));
        foreach (var (id, record) in _graphs) engine.Load(QueueRecords.ReadGraph(id, record.Span));
        foreach (var (key, record) in _keys) engine.Load(QueueRecords.ReadKey(key, record.Span));
        foreach (var orphan in engine.FinishLoading(now)) Delete(orphan.Id);
    }

    private TaskItem ReadTask(string id, ReadOnlyMemory<byte> record)
    {
        var task = TaskRecords.ReadState(id, record.Span);
        if (!task.State.IsFinal()) task.Body = Body(id);
        return task;
    }

    private void Delete(string id)
    {
        _states.Remove(id);
        _bodies.Remove(id);
        _results.Remove(id);
    }
}
