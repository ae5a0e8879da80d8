namespace TaskPlatform.Engine;

/// <summary>What one task's end means for others.</summary>
public sealed partial class TaskEngine
{
    private readonly Queue<(TaskItem Task, int Next)> _ended = new();
    private readonly Queue<GraphItem> _cancelling = new();

    /// <summary>Whether <see cref="Advance"/> must be called again.</summary>
    public bool HasWork => _ended.Count > 0 || _cancelling.Count > 0;

    private enum EdgeState
    {
        Open,
        Met,
        Impossible,
    }

    private static EdgeState Evaluate(EdgeKind edge, TaskState dependency) => (edge, dependency) switch
    {
        (_, var state) when !state.IsFinal() => EdgeState.Open,
        (EdgeKind.Finish, _) => EdgeState.Met,
        (EdgeKind.Success, TaskState.Completed) => EdgeState.Met,
        (EdgeKind.Failure, TaskState.Failed) => EdgeState.Met,
        _ => EdgeState.Impossible,
    };

    /// <summary>Counts what the task waits for, and has itself told when that ends.</summary>
    /// <returns>The first dependency that has ended otherwise than it must, if there is one.</returns>
    private TaskItem? Tie(TaskItem task)
    {
        task.UnmetDependencies = 0;
        TaskItem? impossible = null;
        foreach (var edge in task.DependsOn)
        {
            var dependency = _tasks[edge.Id];
            var state = Evaluate(edge.On, dependency.State);
            if (state == EdgeState.Met) continue;
            task.UnmetDependencies++;
            if (state == EdgeState.Open) (dependency.Dependents ??= []).Add((task, edge.On));
            else impossible ??= dependency;
        }
        return impossible;
    }

    /// <summary>Nothing holds the task any more but, perhaps, the time.</summary>
    private void LeaveBlocked(TaskItem task, Moment now)
    {
        var isEarly = task.NotBeforeUnixMs > now.UnixMs;
        Move(task, isEarly ? TaskState.Scheduled : TaskState.Pending, now);
    }

    private void CancelBecause(TaskItem task, TaskItem cause, Moment now)
    {
        task.CancelledBy = cause.Id;
        Finish(task, TaskState.Cancelled, now);
    }

    /// <summary>The one place where a task comes to its end; what depends on it follows in <see cref="RunWork"/>.</summary>
    private void Finish(TaskItem task, TaskState state, Moment now)
    {
        task.FinishedUnixMs = now.UnixMs;
        Move(task, state, now);
        if (task.Dependents is not null) _ended.Enqueue((task, 0));
        Tell(state switch { TaskState.Completed => TaskEvent.Completed, TaskState.Failed => TaskEvent.Failed, _ => TaskEvent.Cancelled }, task);
    }

    private void RunWork(Moment now)
    {
        var budget = limits.StepTasks;
        while (budget > 0 && HasWork)
        {
            if (_ended.TryDequeue(out var ended)) TellDependents(ended.Task, ended.Next, ref budget, now);
            else CancelMembers(_cancelling.Peek(), ref budget, now);
        }
    }

    private void TellDependents(TaskItem ended, int next, ref int budget, Moment now)
    {
        var dependents = ended.Dependents!;
        for (; next < dependents.Count && budget > 0; next++, budget--) React(dependents[next].Task, dependents[next].On, ended, now);
        if (next < dependents.Count) _ended.Enqueue((ended, next));
        else ended.Dependents = null;
    }

    private void React(TaskItem dependent, EdgeKind edge, TaskItem ended, Moment now)
    {
        if (dependent.State != TaskState.Blocked) return;
        if (Evaluate(edge, ended.State) == EdgeState.Impossible)
        {
            CancelBecause(dependent, ended, now);
            return;
        }
        if (--dependent.UnmetDependencies == 0) Unblock(dependent, now);
    }

    private void Unblock(TaskItem task, Moment now)
    {
        LeaveBlocked(task, now);
        if (task.State == TaskState.Pending) Tell(TaskEvent.Ready, task);
    }

    private void CancelMembers(GraphItem graph, ref int budget, Moment now)
    {
        for (; graph.CancelCursor < graph.Members.Count && budget > 0; graph.CancelCursor++, budget--)
            RequestCancel(graph.Members[graph.CancelCursor], graph.CancelReason, now);
        if (graph.CancelCursor == graph.Members.Count) _cancelling.Dequeue();
    }
}
