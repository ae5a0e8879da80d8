namespace TaskPlatform.Engine;

/// <summary>What one task's end means for others.</summary>
public sealed partial class TaskEngine
{
    private const int FewTies = 64;

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

    /// <summary>
    /// What a task's edge has come to. It is met for good once it was, also where what it names is tried anew; and a dependency that was deleted had let the
    /// task go on.
    /// </summary>
    private EdgeState Evaluate(TaskItem task, DependencyEdge edge)
    {
        if (!_tasks.TryGetValue(edge.Id, out var dependency)) return EdgeState.Met;
        return HasFired(task, edge) ? EdgeState.Met : Evaluate(edge.On, dependency.State);
    }

    private static bool HasFired(TaskItem task, DependencyEdge edge) => task.History is { FiredEdges: { IsEmpty: false } fired } && fired.Contains(edge);

    /// <summary>Counts what the task waits for, and ties it to what can still hold it, now or when that is tried anew.</summary>
    /// <returns>The first dependency that has ended otherwise than it must, if there is one.</returns>
    private TaskItem? Tie(TaskItem task)
    {
        task.UnmetDependencies = 0;
        task.Tied++;
        TaskItem? impossible = null;
        foreach (var edge in task.DependsOn)
        {
            if (!_tasks.TryGetValue(edge.Id, out var dependency) || HasFired(task, edge)) continue;
            var state = Evaluate(edge.On, dependency.State);
            if (state != EdgeState.Met) task.UnmetDependencies++;
            if (state == EdgeState.Impossible) impossible ??= dependency;
            if (dependency.State != TaskState.Completed) TieTo(dependency, new Tie(task, edge.On, task.Tied, IsTold: state != EdgeState.Open));
        }
        return impossible;
    }

    /// <summary>Ties that hold nothing any more are let go of each time their number has doubled.</summary>
    private static void TieTo(TaskItem dependency, Tie tie)
    {
        var dependents = dependency.Dependents ??= [];
        if (dependents.Count >= FewTies && int.IsPow2(dependents.Count) && !dependency.State.IsFinal()) dependents.RemoveAll(earlier => !earlier.Holds);
        dependents.Add(tie);
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
        if (state != TaskState.Completed && task.ResultBytes >= 0) DropResult(task);
        Move(task, state, now);
        task.Lane = null;
        Need(task, -1);
        FreeUnique(task, now);
        Retain(task);
        task.IsEndUntold = task.Parent is not null;
        if (task.Dependents is not null || task.Parent is not null || task.Family is { Open: > 0 }) _ended.Enqueue(new Ending(task, task.Dependents, 0));
        Tell(state switch { TaskState.Completed => TaskEvent.Completed, TaskState.Failed => TaskEvent.Failed, _ => TaskEvent.Cancelled }, task);
    }

    /// <summary>One end of a task, and how many of its dependents were told of it. The list is the one that it had then: a retry begins another.</summary>
    private readonly record struct Ending(TaskItem Task, List<Tie>? Dependents, int Next);

    private void TellOthers(Ending ending, ref int budget, Moment now)
    {
        var (task, dependents, next) = ending;
        if (next == 0) TellFamily(task, ref budget, now);
        if (dependents is null || !ReferenceEquals(dependents, task.Dependents)) return;
        for (; next < dependents.Count && budget > 0; next++, budget--)
        {
            var tie = dependents[next];
            if (tie.IsTold) continue;
            dependents[next] = tie with { IsTold = true };
            React(tie, task, now);
        }
        if (next < dependents.Count) _ended.Enqueue(ending with { Next = next });
        else KeepTies(task);
    }

    /// <summary>Those that its end may have cancelled, and those whose edge has fired and that wait for others, matter if it is retried; a task that completed never is.</summary>
    private static void KeepTies(TaskItem ended)
    {
        ended.Dependents!.RemoveAll(tie => ended.State == TaskState.Completed || tie.Task.IsDeleted || !(tie.Task.State == TaskState.Cancelled || tie.Holds));
        if (ended.Dependents.Count == 0) ended.Dependents = null;
    }

    private void React(Tie tie, TaskItem ended, Moment now)
    {
        if (!tie.Holds) return;
        switch (Evaluate(tie.On, ended.State))
        {
            case EdgeState.Impossible: CancelBecause(tie.Task, ended.Id, now); break;
            case EdgeState.Met when --tie.Task.UnmetDependencies == 0: Unblock(tie.Task, now); break;
        }
    }

    private void Unblock(TaskItem task, Moment now)
    {
        LeaveBlocked(task, now);
        if (task.State == TaskState.Pending) Tell(TaskEvent.Ready, task);
    }
}
