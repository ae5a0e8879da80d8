namespace TaskPlatform.Api.Store;

/// <summary>
/// What one batch changes in a queue's three hashes. The owner fills it, hands it to <see cref="CommitPipeline.CommitAsync"/>,
/// and cannot change it from then on. A field that is named twice keeps its first place and its last value.
/// </summary>
public sealed class ChangeSet
{
    /// <summary>The longest record that can be stored, in bytes: it must fit into one call with room to spare.</summary>
    public const int MaxValueBytes = 4 << 20;

    private readonly List<FieldChange> _tasks = [];
    private readonly List<FieldChange> _state = [];
    private readonly Dictionary<string, int> _taskPlaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _statePlaces = new(StringComparer.Ordinal);
    private bool _sealed;

    /// <summary>Changes of the hash of tasks, in order. Names come from <see cref="TaskFields"/>.</summary>
    public IReadOnlyList<FieldChange> Tasks => _tasks;

    /// <summary>Changes of the hash of everything else, in order.</summary>
    public IReadOnlyList<FieldChange> State => _state;

    /// <summary>The queue's settings, when they change.</summary>
    public ReadOnlyMemory<byte>? Settings { get; private set; }

    /// <summary>Whether nothing changes: then committing only confirms that the owner still owns the queue.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>How many records change.</summary>
    public int Count => _tasks.Count + _state.Count + (Settings is null ? 0 : 1);

    /// <summary>The size of all changes in bytes, as <see cref="FieldChange.Bytes"/> counts them.</summary>
    public long Bytes { get; private set; }

    /// <summary>Makes room for so many more fields at once.</summary>
    public void Expect(int tasks, int state)
    {
        Expect(_tasks, _taskPlaces, tasks);
        Expect(_state, _statePlaces, state);
    }

    /// <summary>Puts a record into the hash of tasks.</summary>
    public void PutTask(string field, ReadOnlyMemory<byte> value) => Set(_tasks, _taskPlaces, new(field, value, false));

    /// <summary>Deletes a record from the hash of tasks.</summary>
    public void DeleteTask(string field) => Set(_tasks, _taskPlaces, new(field, default, true));

    /// <summary>Puts a record into the hash of agents, rates, budgets, schedules and keys.</summary>
    public void PutState(string field, ReadOnlyMemory<byte> value) => Set(_state, _statePlaces, new(field, value, false));

    /// <summary>Deletes a record from the hash of agents, rates, budgets, schedules and keys.</summary>
    public void DeleteState(string field) => Set(_state, _statePlaces, new(field, default, true));

    /// <summary>Replaces the queue's settings.</summary>
    public void PutSettings(ReadOnlyMemory<byte> value)
    {
        ThrowIfSealed();
        ThrowIfTooLong("settings", value);
        Bytes += value.Length - (Settings?.Length ?? 0);
        Settings = value;
    }

    /// <summary>From here on the content stands: a number that was sent is never used for other content.</summary>
    internal void Seal()
    {
        ThrowIfSealed();
        _sealed = true;
    }

    // At least doubled: a set that grows by many small steps must not be copied at each.
    private static void Expect(List<FieldChange> changes, Dictionary<string, int> places, int more)
    {
        if (changes.Count + more <= places.Capacity) return;
        changes.EnsureCapacity(changes.Count + more);
        places.EnsureCapacity(Math.Max(changes.Count + more, 2 * changes.Count));
    }

    private void Set(List<FieldChange> changes, Dictionary<string, int> places, FieldChange change)
    {
        ThrowIfSealed();
        ArgumentException.ThrowIfNullOrEmpty(change.Field);
        ThrowIfTooLong(change.Field, change.Value);
        if (places.TryGetValue(change.Field, out var place))
        {
            Bytes += change.Bytes - changes[place].Bytes;
            changes[place] = change;
            return;
        }

        Bytes += change.Bytes;
        places.Add(change.Field, changes.Count);
        changes.Add(change);
    }

    private void ThrowIfSealed()
    {
        if (_sealed)
            throw new InvalidOperationException("This change set was handed over for commit and cannot be changed or committed again.");
    }

    private static void ThrowIfTooLong(string field, ReadOnlyMemory<byte> value)
    {
        if (value.Length > MaxValueBytes)
            throw new ArgumentException($"The record '{field}' has {value.Length} bytes; at most {MaxValueBytes} can be stored.", nameof(value));
    }
}
