using TaskPlatform.Engine;

namespace TaskPlatform.Benchmarks.Coordination;

/// <summary>
/// Knows how long every task takes with every agent: of all pairs of a waiting task and a free agent it starts the one that ends first, whatever the priority. Not driven through the
/// engine, which cannot know this.
/// </summary>
internal sealed class Clairvoyant(Workload workload)
{
    private readonly SortedSet<(double Size, int Task)>[] _waiting = [.. Workload.Types.Select(_ => new SortedSet<(double, int)>())];
    private readonly PriorityQueue<(int Task, int Agent), (long Ms, int Order)> _events = new();
    private readonly int[] _attempts = new int[workload.Tasks.Length];
    private readonly List<int> _free = [.. Enumerable.Range(0, AgentKinds.Count)];
    private int _order;

    public RunFigures Run()
    {
        var figures = new RunFigures(workload.Tasks.Length);
        for (var task = 0; task < workload.Tasks.Length; task++) At(workload.Tasks[task].ArrivalMs, task, -1);
        while (_events.TryDequeue(out var happened, out var at))
        {
            if (happened.Agent < 0) Enter(happened.Task);
            else End(happened.Task, happened.Agent, at.Ms, figures);
            if (!_events.TryPeek(out _, out var next) || next.Ms > at.Ms) Start(at.Ms);
        }
        return figures;
    }

    private void At(long ms, int task, int agent) => _events.Enqueue((task, agent), (ms, _order++));

    private void Enter(int task) => _waiting[workload.Tasks[task].Type].Add((workload.Tasks[task].Size, task));

    private void End(int task, int agent, long nowMs, RunFigures figures)
    {
        _free.Add(agent);
        var attempt = ++_attempts[task];
        if (workload.Luck(task, attempt) < AgentKinds.Of(agent).Success[workload.Tasks[task].Type]) figures.Completed(workload.Tasks[task], nowMs);
        // The engine's backoff, with the jitter at its mean.
        else if (attempt < TaskPolicy.Default.MaxAttempts) At(nowMs + (500L << (attempt - 1)), task, -1);
    }

    private void Start(long nowMs)
    {
        while (Best() is var (agent, type, ms))
        {
            var first = _waiting[type].Min;
            _waiting[type].Remove(first);
            _free.Remove(agent);
            At(nowMs + ms, first.Task, agent);
        }
    }

    private (int Agent, int Type, long Ms)? Best()
    {
        (int Agent, int Type, long Ms)? best = null;
        foreach (var agent in _free)
        {
            for (var type = 0; type < _waiting.Length; type++)
            {
                if (_waiting[type].Count == 0) continue;
                var ms = workload.Tasks[_waiting[type].Min.Task].Ms(AgentKinds.Of(agent));
                if (best is null || ms < best.Value.Ms) best = (agent, type, ms);
            }
        }
        return best;
    }
}
