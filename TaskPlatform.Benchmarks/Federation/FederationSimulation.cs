using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Federation;

/// <summary>Discrete events: tasks come, move, start and end. Where they go a <see cref="Router"/> says.</summary>
internal sealed class FederationSimulation
{
    // The beginning, from empty nodes, is not measured.
    private const double WarmUpShare = 0.1;

    private enum Kind : byte
    {
        Ended,
        Landed,
        Released,
        Woke,
    }

    private readonly record struct Happening(Kind Kind, int Node, int What);

    private readonly PriorityQueue<Happening, double> _events = new();
    private readonly FederatedTask[] _tasks;
    private readonly FederationShape _shape;
    private readonly Router _router;
    private readonly float[] _waits;
    private long _order;
    private int _started;

    public FederationSimulation(FederationShape shape, FederatedTask[] tasks, Func<FederationSimulation, Router> router, int seed)
    {
        (_shape, _tasks, _waits) = (shape, tasks, new float[tasks.Length]);
        Random = new SeededRandom(seed);
        Nodes = [.. Enumerable.Range(0, shape.Nodes).Select(number => new SimulatedNode(number, shape.Agents))];
        _router = router(this);
        if (double.IsFinite(_router.Period)) _events.Enqueue(new Happening(Kind.Released, 0, 0), _router.Period);
    }

    public SimulatedNode[] Nodes { get; }

    /// <summary>Of the policies; what comes was drawn before.</summary>
    public Random Random { get; }

    /// <summary>In mean service times.</summary>
    public double Now { get; private set; }

    public int TaskCount => _tasks.Length;

    /// <summary>Questions that nodes asked each other.</summary>
    public long Probes { get; set; }

    public FederationFigures Run()
    {
        var next = 0;
        while (_started < _tasks.Length)
        {
            var isArrival = next < _tasks.Length && (!_events.TryPeek(out _, out var at) || _tasks[next].Arrival <= at);
            if (isArrival) Arrive(next++);
            else Happen();
        }
        return FederationFigures.Of(_waits.AsSpan((int)(WarmUpShare * _tasks.Length)), (double)Probes / _tasks.Length);
    }

    /// <summary>A task goes to a node: at once where it is, else after the delay of a transfer.</summary>
    /// <param name="task">Its number.</param>
    /// <param name="from">Where it is.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="asked">How long it took to find that out.</param>
    public void Send(int task, int from, int to, double asked = 0)
    {
        if (from == to && asked == 0)
        {
            Land(task, Nodes[to]);
            return;
        }
        Nodes[to].Incoming++;
        _events.Enqueue(new Happening(Kind.Landed, to, task), Now + asked + (from == to ? 0 : _shape.TransferDelay));
    }

    /// <summary>A node that has still an agent without work after a while is told so again.</summary>
    public void WakeLater(SimulatedNode node, double delay)
    {
        if (node.IsToWake) return;
        node.IsToWake = true;
        _events.Enqueue(new Happening(Kind.Woke, node.Number, 0), Now + delay);
    }

    private void Wake(SimulatedNode node)
    {
        node.IsToWake = false;
        if (node.Load < node.Agents) _router.Idle(node);
    }

    private void Arrive(int task)
    {
        Now = _tasks[task].Arrival;
        _router.Arrive(task, Nodes[_tasks[task].Home]);
    }

    private void Happen()
    {
        _events.TryPeek(out _, out var at);
        var (kind, node, what) = _events.Dequeue();
        Now = at;
        if (kind == Kind.Ended) End(Nodes[node], what);
        else if (kind == Kind.Released) Release();
        else if (kind == Kind.Woke) Wake(Nodes[node]);
        else
        {
            Nodes[node].Incoming--;
            Land(what, Nodes[node]);
        }
    }

    private void Release()
    {
        _router.Release();
        _events.Enqueue(new Happening(Kind.Released, 0, 0), Now + _router.Period);
    }

    private void Land(int task, SimulatedNode node)
    {
        node.Enter(task, _tasks[task].Home == node.Number, _order++);
        Start(node);
    }

    private void End(SimulatedNode node, int agent)
    {
        node.End(agent);
        Start(node);
        if (node.Load < node.Agents) _router.Idle(node);
    }

    private void Start(SimulatedNode node)
    {
        while (node.TryStart(out var task, out var agent))
        {
            _waits[task] = (float)(Now - _tasks[task].Arrival);
            _started++;
            _events.Enqueue(new Happening(Kind.Ended, node.Number, agent), Now + _tasks[task].Service);
        }
    }
}
