namespace TaskPlatform.Engine;

/// <summary>Tasks that nobody wants any more.</summary>
public sealed partial class TaskEngine
{
    private Outcome Cancel(Command.Cancel cancel, Moment now)
    {
        if (!_tasks.TryGetValue(cancel.TaskId, out var task)) return NotFound(cancel.TaskId);
        if (task.State is TaskState.Completed or TaskState.Failed) return RefuseFinished(task);
        RequestCancel(task, cancel.Reason, now);
        return Answer(task);
    }

    private Outcome CancelGraph(Command.CancelGraph cancel, Moment now)
    {
        if (!_graphs.TryGetValue(cancel.GraphId, out var graph)) return GraphNotFound(cancel.GraphId);
        if (!graph.CancelRequested)
        {
            graph.CancelRequested = true;
            graph.CancelReason = cancel.Reason;
            MarkDirty(graph);
            GoOnCancelling(graph);
            CancelAtOnce(now);
        }
        return Answer(graph, now);
    }

    /// <summary>As much of it as one step may do, so that the answer shows it; what else is to be done comes in its turn.</summary>
    private void CancelAtOnce(Moment now)
    {
        var budget = limits.StepTasks;
        while (budget > 0 && _ended.Count + _cancelling.Count + _leavingChildren.Count > 0) RunStep(ref budget, now);
    }

    private void GoOnCancelling(GraphItem graph)
    {
        graph.CancelCursor = 0;
        _cancelling.Enqueue(graph);
    }

    private void RequestCancel(TaskItem task, string? reason, Moment now)
    {
        if (task.State.IsFinal() || task.CancelRequested) return;
        task.Told.CancelReason = reason;
        if (task.Lease is { } lease) AskToStop(task, lease, now);
        else Finish(task, TaskState.Cancelled, now);
    }

    private void AskToStop(TaskItem task, Lease lease, Moment now)
    {
        task.Told.CancelRequested = true;
        task.Lease = lease with { GraceEndsTick = now.TickMs + limits.CancelGraceMs };
        SetTimers(task, now);
        MarkDirty(task);
        Tell(TaskEvent.CancelRequested, task);
    }
}
