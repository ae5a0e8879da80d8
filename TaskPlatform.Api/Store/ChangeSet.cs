namespace TaskPlatform.Api.Store;

/// <summary>
/// What one batch changes in a queue's three hashes. The owner fills it, hands it to <see cref="CommitPipeline.CommitAsync"/>,
/// and cannot change it from then on. A field that is named twice keeps its last value, at the place of that.
/// Bytes are copied.
/// </summary>
public sealed class ChangeSet
{
    /// <summary>The longest record that can be stored, in bytes: it must fit into one call with room to spare.</summary>
    public const int MaxValueBytes = 4 << 20;

    private bool _sealed;

    /// <summary>Changes of the hash of tasks, in order. Names come from <see cref="TaskFields"/>.</summary>
    public FieldChanges Tasks { get; } = new();

    /// <summary>Changes of the hash of everything else, in order.</summary>
    public FieldChanges State { get; } = new();

    /// <summary>The queue's settings, when they change.</summary>
    public ReadOnlyMemory<byte>? Settings { get; private set; }

    /// <summary>Whether nothing changes: then committing only confirms that the owner still owns the queue.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>How many records change.</summary>
    public int Count => Tasks.Count + State.Count + (Settings is null ? 0 : 1);

    /// <summary>The size of all changes in bytes, as <see cref="FieldChange.Bytes"/> counts them.</summary>
    public long Bytes { get; private set; }

    /// <summary>Makes room for so many more fields at once.</summary>
    public void Expect(int tasks, int state)
    {
        Tasks.Expect(tasks);
        State.Expect(state);
    }

    /// <summary>Puts a task's record that is not in the set yet: nothing is looked up.</summary>
    public void AddTask(string id, TaskPart part, ReadOnlySpan<byte> value)
    {
        ThrowUnlessOpen(id, value);
        Bytes += Tasks.Add(id, TaskFields.Ending(id, part), value, isDelete: false);
    }

    /// <summary>Puts a record into the hash of tasks.</summary>
    public void PutTask(string field, ReadOnlySpan<byte> value) => Put(Tasks, field, value, isDelete: false);

    /// <summary>Deletes a record from the hash of tasks.</summary>
    public void DeleteTask(string field) => Put(Tasks, field, default, isDelete: true);

    /// <summary>Puts a record into the hash of agents, rates, budgets, schedules and keys.</summary>
    public void PutState(string field, ReadOnlySpan<byte> value) => Put(State, field, value, isDelete: false);

    /// <summary>Deletes a record from the hash of agents, rates, budgets, schedules and keys.</summary>
    public void DeleteState(string field) => Put(State, field, default, isDelete: true);

    /// <summary>Replaces the queue's settings.</summary>
    public void PutSettings(ReadOnlySpan<byte> value)
    {
        ThrowUnlessOpen("settings", value);
        Bytes += value.Length - (Settings?.Length ?? 0);
        Settings = value.ToArray();
    }

    /// <summary>From here on the content stands: a number that was sent is never used for other content.</summary>
    internal void Seal()
    {
        ThrowIfSealed();
        _sealed = true;
    }

    private void Put(FieldChanges changes, string field, ReadOnlySpan<byte> value, bool isDelete)
    {
        ThrowUnlessOpen(field, value);
        Bytes += changes.Put(field, value, isDelete);
    }

    private void ThrowUnlessOpen(string field, ReadOnlySpan<byte> value)
    {
        ThrowIfSealed();
        ArgumentException.ThrowIfNullOrEmpty(field);
        if (value.Length > MaxValueBytes)
            throw new ArgumentException($"The record '{field}' has {value.Length} bytes; at most {MaxValueBytes} can be stored.", nameof(value));
    }

    private void ThrowIfSealed()
    {
        if (_sealed)
            throw new InvalidOperationException("This change set was handed over for commit and cannot be changed or committed again.");
    }
}
