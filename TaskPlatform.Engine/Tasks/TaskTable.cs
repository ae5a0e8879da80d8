using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>
/// All tasks in the order of their arrival, with a column for each thing that they are looked for by. A search runs through one column a vector
/// at a time, newest first: a million rows in about a millisecond, and a task that changes its state costs one byte. Columns hold hashes;
/// what they find is compared exactly.
/// </summary>
internal sealed class TaskTable
{
    private const byte Gone = 255;
    private const int FewGone = 65_536;

    private TaskItem?[] _tasks = [];
    private long[] _orders = [];
    private byte[] _states = [];
    private int[] _types = [];
    private int[] _agents = [];
    private int[] _graphs = [];
    private ulong[] _labels = [];
    private int _gone;

    /// <summary>Rows, those of deleted tasks too.</summary>
    public int Rows { get; private set; }

    /// <summary>Tasks.</summary>
    public int Count => Rows - _gone;

    /// <summary>The tasks, oldest first.</summary>
    public IEnumerable<TaskItem> Tasks
    {
        get
        {
            for (var row = 0; row < Rows; row++)
            {
                if (_tasks[row] is { } task) yield return task;
            }
        }
    }

    /// <summary>Makes room for so many tasks.</summary>
    public void Expect(int tasks)
    {
        if (tasks > _tasks.Length) Resize(tasks);
    }

    /// <summary>Appends the newest task.</summary>
    public void Add(TaskItem task)
    {
        if (Rows == _tasks.Length) Resize(Math.Max(1_024, 2 * Rows));
        task.Row = Rows++;
        _tasks[task.Row] = task;
        _orders[task.Row] = task.Order;
        _states[task.Row] = (byte)task.State;
        _types[task.Row] = task.Tally!.Hash;
        _graphs[task.Row] = Hash(task.GraphId);
        _agents[task.Row] = Hash(task.AssignedAgent);
        _labels[task.Row] = Bits(task.Labels);
    }

    public void SetState(TaskItem task) => _states[task.Row] = (byte)task.State;

    public void SetAgent(TaskItem task) => _agents[task.Row] = Hash(task.AssignedAgent);

    public void SetLabels(TaskItem task) => _labels[task.Row] = Bits(task.Labels);

    public void Remove(TaskItem task)
    {
        _tasks[task.Row] = null;
        _states[task.Row] = Gone;
        task.Row = -1;
        _gone++;
        if (_gone > FewGone && _gone > Rows / 2) Close();
    }

    /// <summary>The last row whose task came before a place in line; -1 when there is none.</summary>
    public int RowBefore(long order)
    {
        var (low, high) = (0, Rows);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_orders[middle] < order) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }

    /// <summary>Where a search goes on that has come down to a row, which it has not looked at yet; null when nothing is left.</summary>
    public long? OrderBehind(int row) => row >= 0 && _states.AsSpan(0, row + 1).LastIndexOfAnyExcept(Gone) >= 0 ? _orders[row] + 1 : null;

    /// <summary>The newest task at a row or below that matches.</summary>
    /// <param name="filter">What to look for.</param>
    /// <param name="row">Where to begin; moved behind the task that was found, or to -1.</param>
    /// <param name="most">How many rows may be looked at; what was is subtracted.</param>
    public TaskItem? Find(TaskFilter filter, ref int row, ref long most)
    {
        var sought = new Sought(filter);
        while (row >= 0 && most > 0)
        {
            var candidate = LastCandidate(sought, row + 1);
            most -= row - candidate + 1;
            row = candidate - 1;
            if (candidate >= 0 && MayMatch(sought, candidate) && filter.Matches(_tasks[candidate]!)) return _tasks[candidate];
        }
        return null;
    }

    /// <summary>What the columns of a row must hold; null: anything.</summary>
    private readonly struct Sought(TaskFilter filter)
    {
        public readonly byte? State = (byte?)filter.State;
        public readonly int? Type = filter.Type?.GetHashCode();
        public readonly int? Agent = filter.AgentId?.GetHashCode();
        public readonly int? Graph = filter.GraphId?.GetHashCode();
        public readonly ulong Labels = filter.LabelName is not { } name ? 0 : filter.LabelValue is { } value ? Bit(name) | Bit(name, value) : Bit(name);
    }

    /// <summary>The last of the first rows that may match, by the column that is likely to say most.</summary>
    private int LastCandidate(in Sought sought, int rows)
    {
        if (sought.Graph is { } graph) return _graphs.AsSpan(0, rows).LastIndexOf(graph);
        if (sought.Agent is { } agent) return _agents.AsSpan(0, rows).LastIndexOf(agent);
        if (sought.Labels != 0) return LastLabelled(rows, sought.Labels);
        if (sought.State is { } state) return _states.AsSpan(0, rows).LastIndexOf(state);
        if (sought.Type is { } type) return _types.AsSpan(0, rows).LastIndexOf(type);
        return _states.AsSpan(0, rows).LastIndexOfAnyExcept(Gone);
    }

    private int LastLabelled(int rows, ulong bits)
    {
        var row = rows - 1;
        while (row >= 0 && (_labels[row] & bits) != bits) row--;
        return row;
    }

    private bool MayMatch(in Sought sought, int row)
        => _states[row] is not Gone and var state && (sought.State is null || state == sought.State) && (sought.Type is null || _types[row] == sought.Type)
        && (sought.Agent is null || _agents[row] == sought.Agent) && (_labels[row] & sought.Labels) == sought.Labels;

    /// <summary>Moves the rows together over those that are gone.</summary>
    private void Close()
    {
        var to = 0;
        for (var from = 0; from < Rows; from++)
        {
            if (_tasks[from] is not { } task) continue;
            task.Row = to;
            (_tasks[to], _orders[to], _states[to], _types[to]) = (task, _orders[from], _states[from], _types[from]);
            (_agents[to], _graphs[to], _labels[to]) = (_agents[from], _graphs[from], _labels[from]);
            to++;
        }
        Array.Clear(_tasks, to, Rows - to);
        (Rows, _gone) = (to, 0);
        if (Rows < _tasks.Length / 4) Resize(Math.Max(1_024, Rows * 2));
    }

    private void Resize(int rows)
    {
        Array.Resize(ref _tasks, rows);
        Array.Resize(ref _orders, rows);
        Array.Resize(ref _states, rows);
        Array.Resize(ref _types, rows);
        Array.Resize(ref _agents, rows);
        Array.Resize(ref _graphs, rows);
        Array.Resize(ref _labels, rows);
    }

    private static int Hash(string? text) => text?.GetHashCode() ?? 0;

    private static ulong Bits(ImmutableSortedDictionary<string, string> labels)
    {
        if (labels.Count == 0) return 0;
        var bits = 0UL;
        foreach (var (name, value) in labels) bits |= Bit(name) | Bit(name, value);
        return bits;
    }

    private static ulong Bit(string name) => 1UL << (name.GetHashCode() & 63);

    private static ulong Bit(string name, string value) => 1UL << (HashCode.Combine(name, value) & 63);
}
