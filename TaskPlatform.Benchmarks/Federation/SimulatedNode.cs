namespace TaskPlatform.Benchmarks.Federation;

/// <summary>A node of the simulation: agents, and tasks that wait for them in the order in which they came here.</summary>
internal sealed class SimulatedNode(int number, int agents)
{
    private readonly Queue<(int Task, long Order)> _own = new();
    private readonly Queue<(int Task, long Order)> _foreign = new();

    public int Number { get; } = number;

    /// <summary>The task of each agent; −1: none.</summary>
    public int[] Running { get; } = [.. Enumerable.Repeat(-1, agents)];

    public int Busy { get; private set; }

    /// <summary>Tasks that were promised a place here and are on their way.</summary>
    public int Incoming { get; set; }

    /// <summary>Whether it will be told again that it has an agent without work.</summary>
    public bool IsToWake { get; set; }

    public int Agents => Running.Length;

    public int Waiting => _own.Count + _foreign.Count;

    public int Load => Busy + Waiting + Incoming;

    /// <summary>Waiting tasks that came here first: one that was leased to this node is not leased on.</summary>
    public int Givable => _own.Count;

    /// <summary>All that run or wait here.</summary>
    public IEnumerable<int> Tasks => Running.Where(task => task >= 0).Concat(_own.Concat(_foreign).Select(waits => waits.Task));

    public void Enter(int task, bool isOwn, long order) => (isOwn ? _own : _foreign).Enqueue((task, order));

    /// <summary>The own task that has waited longest leaves.</summary>
    public int Give() => _own.Dequeue().Task;

    /// <summary>The task that has waited longest and the agent that takes it, if there are both.</summary>
    public bool TryStart(out int task, out int agent)
    {
        (task, agent) = (-1, -1);
        if (Busy == Agents || Waiting == 0) return false;
        var isOwn = _foreign.Count == 0 || _own.Count > 0 && _own.Peek().Order < _foreign.Peek().Order;
        task = (isOwn ? _own : _foreign).Dequeue().Task;
        agent = Array.IndexOf(Running, -1);
        Running[agent] = task;
        Busy++;
        return true;
    }

    public void End(int agent)
    {
        Running[agent] = -1;
        Busy--;
    }
}
