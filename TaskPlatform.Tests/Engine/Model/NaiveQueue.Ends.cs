using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Tasks wait for each other, and are cancelled.</summary>
internal sealed partial class NaiveQueue
{
    /// <summary>Decides a blocked task by what it depends on.</summary>
    private void Place(NaiveTask task)
    {
        if (Open(task).FirstOrDefault(edge => _tasks[edge.Id].State.IsFinal()) is { Id: { } cause }) Cancel(task, cause);
        else if (!Open(task).Any()) GetReady(task);
        else task.State = TaskState.Blocked;
    }

    /// <summary>What it still waits for: what was met stays met, and what was deleted holds nothing up.</summary>
    private IEnumerable<DependencyEdge> Open(NaiveTask task)
        => task.What.DependsOn.Where(edge => !task.Met.Contains(edge) && _tasks.TryGetValue(edge.Id, out var other) && !IsMet(edge.On, other.State));

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
        (task.State, task.Waits, task.VerifierId, task.FinishedUnixMs, task.EndNumber) = (state, WaitReason.None, null, Now.UnixMs, _lastEnd);
        if (state != TaskState.Completed) task.Result = null;
        FreeKeys((other, expires) => other == task && expires <= Now.UnixMs);
        HandOnKey(task);
        _ended.Add(task);
    }

    /// <summary>The unique key goes to the last of those that have it and are not over.</summary>
    private void HandOnKey(NaiveTask task)
    {
        if (task.What.Body.Unique is not { Key: var key } || (_unique.TryGetValue(key, out var hold) && hold.TaskId != task.Id)) return;
        if (Tasks.LastOrDefault(other => !other.State.IsFinal() && other.What.Body.Unique?.Key == key) is { } heir) _unique[key] = (heir.Id, 0);
    }

    /// <summary>Those that end, one after the other, wake their parents, make others ready or impossible, and cancel their children.</summary>
    private void Cascade()
    {
        while (_ended.Count + _leaving.Count + _revivals.Count > 0)
        {
            TellOfEnds();
            if (_leaving.Count > 0) CancelChildren();
            else ReviveOthers();
        }
    }

    private void TellOfEnds()
    {
        while (_ended.Count > 0)
        {
            var ended = _ended[0];
            _ended.RemoveAt(0);
            TellOfEnd(ended);
        }
    }

    private void TellOfEnd(NaiveTask ended)
    {
        TellParent(ended);
        foreach (var task in Tasks.Where(task => task.State == TaskState.Blocked && DependsOn(task, ended)).ToList()) Place(task);
        _leaving.Add(ended);
        // Its turn comes behind those that are to be revived already: it may depend on one of them.
        if (!ended.IsVerifier && _tasks.TryGetValue(ended.By, out var cause) && !cause.State.IsFinal() && !_revivals.Contains((cause.Id, ended.Id))) _revivals.Add((cause.Id, ended.Id));
    }

    private void TellParent(NaiveTask ended)
    {
        if (ended.ParentId is not { } parent || !_tasks.TryGetValue(parent, out var waiting)) return;
        if (waiting.VerifierId == ended.Id) Judge(waiting, ended);
        else HearOf(waiting);
    }

    private void CancelChildren()
    {
        var parent = _leaving[0];
        _leaving.RemoveAt(0);
        foreach (var child in Tasks.Where(task => parent.State.IsFinal() && task.ParentId == parent.Id && !task.State.IsFinal()).ToList())
        {
            if (!child.CancelRequested) child.By = parent.Id;
            RequestCancel(child, null);
        }
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
        TellOfEnds();
        foreach (var task in TasksOf(graph.Id).ToList()) RequestCancel(task, cancel.Reason);
        while (_ended.Count + _leaving.Count > 0)
        {
            TellOfEnds();
            if (_leaving.Count > 0) CancelChildren();
        }
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
