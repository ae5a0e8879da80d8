namespace TaskPlatform.Benchmarks.Federation;

/// <summary>Says where the tasks of a simulation go.</summary>
internal abstract class Router(FederationSimulation simulation)
{
    protected FederationSimulation Simulation { get; } = simulation;

    /// <summary>How often <see cref="Release"/> is called, in mean service times.</summary>
    public virtual double Period => double.PositiveInfinity;

    /// <summary>A task has come; it is sent somewhere, home too.</summary>
    public abstract void Arrive(int task, SimulatedNode home);

    /// <summary>An agent has nothing to do: it has ended a task and none waits here, or it is told so again.</summary>
    public virtual void Idle(SimulatedNode node)
    {
    }

    /// <summary>A period is over.</summary>
    public virtual void Release()
    {
    }
}

/// <summary>To any node, each as likely.</summary>
internal sealed class RandomRouter(FederationSimulation simulation) : Router(simulation)
{
    public override void Arrive(int task, SimulatedNode home) => Simulation.Send(task, home.Number, Simulation.Random.Next(Simulation.Nodes.Length));
}

/// <summary>Join the shortest of <paramref name="choices"/> queues drawn at random, by what they hold now. Among equals home, else the first drawn.</summary>
internal sealed class ShortestRouter(FederationSimulation simulation, int choices) : Router(simulation)
{
    private readonly int[] _numbers = [.. Enumerable.Range(0, simulation.Nodes.Length)];

    public override void Arrive(int task, SimulatedNode home)
    {
        var best = -1;
        for (var i = 0; i < choices; i++)
        {
            var other = Simulation.Random.Next(i, _numbers.Length);
            (_numbers[i], _numbers[other]) = (_numbers[other], _numbers[i]);
            if (best < 0 || IsBetter(_numbers[i], best, home.Number)) best = _numbers[i];
        }
        Simulation.Send(task, home.Number, best);
    }

    private bool IsBetter(int node, int than, int home)
    {
        var (load, other) = (Simulation.Nodes[node].Load, Simulation.Nodes[than].Load);
        return load < other || load == other && node == home;
    }
}

/// <summary>To the node that had least when all loads were last seen; among equals to any.</summary>
internal sealed class SnapshotRouter(FederationSimulation simulation, double period) : Router(simulation)
{
    private readonly int[] _seen = new int[simulation.Nodes.Length];
    private readonly List<int> _least = [.. Enumerable.Range(0, simulation.Nodes.Length)];

    public override double Period => period;

    public override void Arrive(int task, SimulatedNode home) => Simulation.Send(task, home.Number, _least[Simulation.Random.Next(_least.Count)]);

    public override void Release()
    {
        for (var node = 0; node < _seen.Length; node++) _seen[node] = Simulation.Nodes[node].Load;
        _least.Clear();
        _least.AddRange(Enumerable.Range(0, _seen.Length).Where(node => _seen[node] == _seen.Min()));
    }
}
