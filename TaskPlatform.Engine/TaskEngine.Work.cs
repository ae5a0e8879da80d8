namespace TaskPlatform.Engine;

/// <summary>Work that touches many tasks, in steps: no step holds up the writer.</summary>
public sealed partial class TaskEngine
{
    private readonly Queue<Ending> _ended = new();
    private readonly Queue<GraphItem> _cancelling = new();
    private readonly Queue<(TaskItem Parent, int Next)> _leavingChildren = new();
    private readonly Queue<(string CauseId, TaskItem Task)> _reviving = new();
    private readonly Queue<Lane> _settling = new();
    private readonly Queue<TaskItem> _releasing = new();
    private readonly Queue<string> _running = new();

    /// <summary>Whether <see cref="Advance"/> must be called again.</summary>
    public bool HasWork
        => _ended.Count > 0 || _cancelling.Count > 0 || _leavingChildren.Count > 0 || _reviving.Count > 0 || _settling.Count > 0
        || _releasing.Count > 0 || _running.Count > 0 || _rerouting.Count > 0;

    private void RunWork(Moment now)
    {
        var budget = limits.StepTasks;
        while (budget > 0 && RunStep(ref budget, now))
        {
        }
        LetGoOfBrought();
    }

    /// <returns>Whether there was something to do.</returns>
    private bool RunStep(ref int budget, Moment now)
    {
        if (_ended.TryDequeue(out var ending)) TellOthers(ending, ref budget, now);
        else if (_cancelling.TryPeek(out var graph)) CancelMembers(graph, ref budget, now);
        else if (_leavingChildren.TryDequeue(out var family)) CancelChildren(family.Parent, family.Next, ref budget, now);
        else if (_reviving.TryDequeue(out var revival)) Revive(revival.CauseId, revival.Task, ref budget, now);
        else if (_settling.TryPeek(out var lane)) SettleExhausted(lane, ref budget, now);
        else if (_releasing.TryDequeue(out var waiting)) Release(waiting, ref budget, now);
        else if (_rerouting.TryDequeue(out var routed)) Reroute(routed, ref budget, now);
        else if (_running.TryDequeue(out var operation)) RunOperation(_operations[operation], ref budget, now);
        else return false;
        return true;
    }

    private void CancelMembers(GraphItem graph, ref int budget, Moment now)
    {
        for (; graph.CancelCursor < graph.Members.Count && budget > 0; graph.CancelCursor++, budget--)
            RequestCancel(graph.Members[graph.CancelCursor], graph.CancelReason, now);
        if (graph.CancelCursor < graph.Members.Count) return;
        _cancelling.Dequeue();
        // From now on what is left was retried by somebody, and is not to be cancelled again at the next start.
        graph.CancelRequested = false;
        MarkDirty(graph);
    }
}
