namespace TaskPlatform.Engine;

/// <summary>What one task's end means for others.</summary>
public sealed partial class TaskEngine
{
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

    /// <summary>A dependency that was deleted had let the task go on; only tasks that are tried anew have such.</summary>
    private EdgeState Evaluate(DependencyEdge edge)
        => _tasks.TryGetValue(edge.Id, out var dependency) ? Evaluate(edge.On, dependency.State) : EdgeState.Met;

    /// <summary>Counts what the task waits for, and has itself told when that ends.</summary>
    /// <returns>The first dependency that has ended otherwise than it must, if there is one.</returns>
    private TaskItem? Tie(TaskItem task)
    {
        task.UnmetDependencies = 0;
        TaskItem? impossible = null;
        foreach (var edge in task.DependsOn)
        {
            if (!_tasks.TryGetValue(edge.Id, out var dependency)) continue;
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

    private void CancelBecause(TaskItem task, string causeId, Moment now)
    {
        task.Told.CancelledBy = causeId;
        Finish(task, TaskState.Cancelled, now);
    }

    /// <summary>The one place where a task comes to its end; what that means for others follows in <see cref="RunWork"/>.</summary>
    private void Finish(TaskItem task, TaskState state, Moment now)
    {
        task.FinishedUnixMs = now.UnixMs;
        StopWaiting(task);
        if (task.History is { IsAttemptOpen: true }) EndOpenAttempt(task, state, now);
        Move(task, state, now);
        task.Lane = null;
        Need(task, -1);
        FreeUnique(task, now);
        Retain(task);
        if (task.Dependents is not null || task.Parent is not null || task.Family is { Open: > 0 }) _ended.Enqueue(new Ending(task, task.Dependents, 0));
        Tell(state switch { TaskState.Completed => TaskEvent.Completed, TaskState.Failed => TaskEvent.Failed, _ => TaskEvent.Cancelled }, task);
    }

    /// <summary>One end of a task, and how many of its dependents were told of it. The list is the one that it had then: a retry begins another.</summary>
    private readonly record struct Ending(TaskItem Task, List<(TaskItem Task, EdgeKind On)>? Dependents, int Next);

    private void TellOthers(Ending ending, ref int budget, Moment now)
    {
        var (task, dependents, next) = ending;
        if (next == 0) TellFamily(task, ref budget, now);
        if (dependents is null || !ReferenceEquals(dependents, task.Dependents)) return;
        for (; next < dependents.Count && budget > 0; next++, budget--) React(dependents[next].Task, dependents[next].On, task, now);
        if (next < dependents.Count) _ended.Enqueue(ending with { Next = next });
        else KeepCancelled(task);
    }

    /// <summary>Those that its end may have cancelled are to be found again if it is retried; the others need it no more.</summary>
    private static void KeepCancelled(TaskItem ended)
    {
        ended.Dependents!.RemoveAll(dependent => dependent.Task.State != TaskState.Cancelled);
        if (ended.Dependents.Count == 0) ended.Dependents = null;
    }

    private void React(TaskItem dependent, EdgeKind edge, TaskItem ended, Moment now)
    {
        if (dependent.State != TaskState.Blocked) return;
        switch (Evaluate(edge, ended.State))
        {
            case EdgeState.Impossible: CancelBecause(dependent, ended.Id, now); break;
            case EdgeState.Met when --dependent.UnmetDependencies == 0: Unblock(dependent, now); break;
        }
    }

    private void Unblock(TaskItem task, Moment now)
    {
        LeaveBlocked(task, now);
        if (task.State == TaskState.Pending) Tell(TaskEvent.Ready, task);
    }
}
