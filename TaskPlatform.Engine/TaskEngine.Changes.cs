namespace TaskPlatform.Engine;

/// <summary>What memory changed, for the store and for whoever listens.</summary>
public sealed partial class TaskEngine
{
    private readonly List<TaskItem> _dirtyTasks = [];
    private readonly Dictionary<(RecordKind Kind, string Key), IQueueRecord?> _dirtyRecords = [];
    private List<string> _deletedTasks = [];
    private List<TaskEvent> _events = [];
    private bool _settingsAreDirty;

    /// <summary>Whether something is to be stored.</summary>
    public bool HasChanges => _dirtyTasks.Count > 0 || _dirtyRecords.Count > 0 || _deletedTasks.Count > 0 || _settingsAreDirty;

    /// <summary>What is to be stored. Each changed task stands here once, in its final state.</summary>
    public EngineChanges TakeChanges()
    {
        var changes = new EngineChanges(TakeTasks(), TakeDeleted(), TakeRecords(), _settingsAreDirty ? Settings : null);
        _settingsAreDirty = false;
        return changes;
    }

    /// <summary>What is to be told once it is stored, in the order in which it happened.</summary>
    public IReadOnlyList<TaskEvent> TakeEvents()
    {
        if (_events.Count == 0) return [];
        var events = _events;
        // The next batch is likely to be as large: growing into it would copy every event twice.
        _events = new List<TaskEvent>(events.Count);
        return events;
    }

    private TaskChange[] TakeTasks()
    {
        if (_dirtyTasks.Count == 0) return [];
        var changes = new TaskChange[_dirtyTasks.Count];
        var count = 0;
        foreach (var task in _dirtyTasks)
        {
            if (!task.IsDeleted) changes[count++] = new TaskChange(task, task.BodyIsDirty, task.ResultIsDirty);
            task.IsDirty = task.BodyIsDirty = task.ResultIsDirty = false;
        }
        _dirtyTasks.Clear();
        return count == changes.Length ? changes : changes[..count];
    }

    private List<string> TakeDeleted()
    {
        var deleted = _deletedTasks;
        if (deleted.Count > 0) _deletedTasks = [];
        return deleted;
    }

    private RecordChange[] TakeRecords()
    {
        if (_dirtyRecords.Count == 0) return [];
        var changes = new RecordChange[_dirtyRecords.Count];
        var index = 0;
        foreach (var ((kind, key), record) in _dirtyRecords) changes[index++] = new RecordChange(kind, key, Clean(record));
        _dirtyRecords.Clear();
        return changes;
    }

    private static IQueueRecord? Clean(IQueueRecord? record)
    {
        if (record is AgentItem agent) agent.IsDirty = false;
        return record switch
        {
            RateGate gate => gate.ToEntry(),
            BudgetGate gate => gate.ToEntry(),
            _ => record,
        };
    }

    private void MarkDirty(TaskItem task)
    {
        if (task.IsDirty) return;
        task.IsDirty = true;
        _dirtyTasks.Add(task);
    }

    private void MarkDirty(AgentItem agent)
    {
        if (agent.IsDirty) return;
        agent.IsDirty = true;
        MarkDirty((IQueueRecord)agent);
    }

    private void MarkDirty(IQueueRecord record) => _dirtyRecords[(record.Kind, record.Key)] = record;

    private void Forget(RecordKind kind, string key) => _dirtyRecords[(kind, key)] = null;

    private void Tell(string kind, TaskItem task)
    {
        var history = task.History;
        _events.Add(new TaskEvent(
            kind, task, task.State, task.Attempt, task.AssignedAgent, task.Lease, _endedAttempt, history?.Error, task.Progress, history?.Message, history?.Routing));
        _endedAttempt = null;
    }
}
