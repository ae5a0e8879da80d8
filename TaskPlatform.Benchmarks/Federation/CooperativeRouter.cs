using TaskPlatform.Federation.Protocol.Cooperation;
using TaskPlatform.Federation.Protocol.Privacy;

namespace TaskPlatform.Benchmarks.Federation;

/// <summary>How the nodes of a simulation cooperate, beside their policy.</summary>
/// <param name="Settings">Of the policy.</param>
/// <param name="Sigma">Of the noise in the released sum of loads, in tasks.</param>
internal sealed record CooperationModel(CooperationSettings Settings, double Sigma)
{
    /// <summary>What decides; the recommended one unless another is named.</summary>
    public ICooperationPolicy Policy { get; init; } = new ThresholdPolicy(Settings);

    /// <summary>Whether a task is counted in as many releases as its cap allows, and then no more.</summary>
    public bool IsCapped { get; init; } = true;

    /// <summary>How long the answer to a probe takes, in mean service times.</summary>
    public double ProbeTime { get; init; }
}

/// <summary>Every node runs the product's own policy, limits and ledger; what is simulated is the network between them, the sum and the clock.</summary>
internal sealed class CooperativeRouter : Router
{
    // A mean service time is a second to them.
    private const double Second = 1_000;

    private static readonly ProbeRate Asking = new(100, 300);

    private readonly CooperationModel _model;
    private readonly Cooperator[] _nodes;
    private readonly string[] _names;
    private readonly ReleaseCap[] _caps;
    private readonly double[] _draws = new double[3];
    private readonly int[] _chosen = new int[3];
    private FederationLoad? _federation;

    public CooperativeRouter(FederationSimulation simulation, CooperationModel model) : base(simulation)
    {
        _model = model;
        _nodes = [.. simulation.Nodes.Select(_ => new Cooperator(model.Policy, Asking, new ProbeLedger(ProbeBudget.Default), 0))];
        _names = [.. simulation.Nodes.Select(node => $"{node.Number}")];
        _caps = new ReleaseCap[simulation.TaskCount];
        Array.Fill(_caps, ReleaseCap.New);
    }

    public override double Period => _model.Settings.PeriodMs / Second;

    public override void Arrive(int task, SimulatedNode home)
    {
        Draw();
        var asked = 0;
        var count = _nodes[home.Number].ChooseForOffer(View(home), _nodes.Length - 1, _draws, _chosen);
        for (var i = 0; i < count && MayAsk(home); i++)
        {
            asked++;
            var peer = Peer(home, _chosen[i]);
            if (!_nodes[peer.Number].TakesFrom(_names[home.Number], View(peer), Simulation.Random.NextDouble())) continue;
            Simulation.Send(task, home.Number, peer.Number, asked * _model.ProbeTime);
            return;
        }
        Simulation.Send(task, home.Number, home.Number, asked * _model.ProbeTime);
    }

    public override void Idle(SimulatedNode node)
    {
        Draw();
        var count = _nodes[node.Number].ChooseForWork(View(node), _nodes.Length - 1, _draws, _chosen);
        for (var i = 0; i < count && MayAsk(node); i++)
        {
            var peer = Peer(node, _chosen[i]);
            if (!_nodes[peer.Number].GivesTo(_names[node.Number], View(peer), Simulation.Random.NextDouble())) continue;
            Simulation.Send(peer.Give(), peer.Number, node.Number, (i + 1) * _model.ProbeTime);
            return;
        }
        if (_model.Settings.Asks > 0) Simulation.WakeLater(node, _model.Settings.AskAgainMs / Second);
    }

    public override void Release()
    {
        var sum = _model.IsCapped ? Simulation.Nodes.SelectMany(node => node.Tasks).Count(Counts) : Simulation.Nodes.Sum(node => node.Load);
        var noise = _model.Sigma == 0 ? 0 : Math.Round(_model.Sigma * FederationWorkload.Normal(Simulation.Random));
        _federation = new FederationLoad(sum + noise, _nodes.Length, NowMs);
    }

    private long NowMs => (long)(Simulation.Now * Second);

    private bool Counts(int task) => ReleaseCap.TryCountLoad(ref _caps[task]);

    private bool MayAsk(SimulatedNode node)
    {
        if (!_nodes[node.Number].MayAsk(NowMs)) return false;
        Simulation.Probes++;
        return true;
    }

    private SimulatedNode Peer(SimulatedNode of, int chosen) => Simulation.Nodes[chosen < of.Number ? chosen : chosen + 1];

    private NodeView View(SimulatedNode node) => new(node.Agents, node.Load, node.Givable, _federation, NowMs);

    private void Draw()
    {
        for (var i = 0; i < _draws.Length; i++) _draws[i] = Simulation.Random.NextDouble();
    }
}
