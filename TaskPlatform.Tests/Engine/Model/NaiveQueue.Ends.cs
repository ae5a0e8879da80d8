using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Tasks wait for each other, and are cancelled.</summary>
internal sealed partial class NaiveQueue
{
    /// <summary>Decides a blocked task by the present state of what it depends on.</summary>
    private void Place(NaiveTask task)
    {
        if (task.ParentId is { } parent && _tasks.TryGetValue(parent, out var adder) && adder.State.IsFinal()) Cancel(task, parent);
        else if (task.What.DependsOn.FirstOrDefault(IsImpossible) is { Id: { } cause }) Cancel(task, cause);
        else if (task.What.DependsOn.All(IsMet)) GetReady(task);
        else task.State = TaskState.Blocked;
    }

    /// <summary>Whether it lets its task go. What was deleted holds nothing up.</summary>
    private bool IsMet(DependencyEdge edge) => !_tasks.TryGetValue(edge.Id, out var other) || IsMet(edge.On, other.State);

    private bool IsImpossible(DependencyEdge edge) => !IsMet(edge) && _tasks[edge.Id].State.IsFinal();

    private static bool IsMet(EdgeKind edge, TaskState state) => (edge, state) is
        (EdgeKind.Success, TaskState.Completed) or (EdgeKind.Failure, TaskState.Failed) or (EdgeKind.Finish, TaskState.Completed or TaskState.Failed or TaskState.Cancelled);

    /// <summary>Nothing holds it any more but, perhaps, its date.</summary>
    private void GetReady(NaiveTask task)
    {
        if (task.NotBefore > Now.UnixMs) task.State = TaskState.Scheduled;
        else Enter(task);
    }

    private void Cancel(NaiveTask task, string cause)
    {
        task.By = cause;
        Finish(task, TaskState.Cancelled);
    }

    private void Finish(NaiveTask task, TaskState state)
    {
        (task.State, task.Waits, task.FinishedUnixMs, task.EndNumber) = (state, WaitReason.None, Now.UnixMs, ++_lastEnd);
        _ended.Add(task);
    }

    /// <summary>Those that end, one after the other, make others ready or impossible, cancel their children and wake their parents.</summary>
    private void Cascade()
    {
        for (var next = 0; next < _ended.Count; next++)
        {
            var ended = _ended[next];
            if (!ended.State.IsFinal()) continue;
            if (ended.ParentId is { } parent && _tasks.TryGetValue(parent, out var waiting)) HearOf(waiting);
            foreach (var task in Tasks.Where(task => task.State == TaskState.Blocked && task.What.DependsOn.Any(edge => edge.Id == ended.Id)).ToList()) Place(task);
            foreach (var child in Tasks.Where(task => task.ParentId == ended.Id && !task.State.IsFinal()).ToList())
            {
                if (!child.CancelRequested) child.By = ended.Id;
                RequestCancel(child, null);
            }
            if (_tasks.TryGetValue(ended.By, out var cause) && !cause.State.IsFinal()) Revive(ended);
        }
        _ended.Clear();
    }

    private string Cancel(Command.Cancel cancel)
    {
        if (!_tasks.TryGetValue(cancel.TaskId, out var task)) return NoTask(cancel.TaskId);
        if (task.State is TaskState.Completed or TaskState.Failed) return $"refused task-finished {cancel.TaskId}";
        RequestCancel(task, cancel.Reason);
        return Words.Of(task.State);
    }

    private string CancelGraph(Command.CancelGraph cancel)
    {
        if (!_graphs.TryGetValue(cancel.GraphId, out var graph)) return "refused graph-not-found";
        Cascade();
        foreach (var task in TasksOf(graph.Id).ToList()) RequestCancel(task, cancel.Reason);
        Cascade();
        return Members(graph.Id);
    }

    private void RequestCancel(NaiveTask task, string? reason)
    {
        if (task.State.IsFinal() || task.CancelRequested) return;
        task.Reason = reason ?? "none";
        if (task.Lease is null) End(task, TaskState.Cancelled, "cancelled");
        else (task.CancelRequested, task.Lease.GraceEnds) = (true, Now.TickMs + GraceMs);
    }

    /// <summary>The end of a task that nobody holds: an attempt that was open ends with it.</summary>
    private void End(NaiveTask task, TaskState state, string outcome)
    {
        if (task.IsOpen) NoteAttempt(task, outcome);
        Finish(task, state);
    }
}
