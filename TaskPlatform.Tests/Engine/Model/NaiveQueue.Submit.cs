using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Tasks come in, wait for each other, and are cancelled.</summary>
internal sealed partial class NaiveQueue
{
    private string Submit(TaskSubmission submission)
    {
        if (_tasks.TryGetValue(submission.Id, out var existing))
            return existing.What.Fingerprint == submission.Fingerprint ? $"{Words.Of(existing.State)} repeat" : $"refused id-conflict {submission.Id}";
        foreach (var edge in submission.DependsOn)
        {
            if (edge.Id == submission.Id) return $"refused cycle-detected {edge.Id} {edge.Id}";
            if (!_tasks.ContainsKey(edge.Id)) return $"refused unknown-dependency {edge.Id}";
        }
        var task = Create(submission, null);
        Place(task);
        return Words.Of(task.State);
    }

    private string SubmitGraph(Command.SubmitGraph submit)
    {
        if (submit.Tasks.IsEmpty) return "refused invalid-request";
        var seen = new HashSet<string>();
        if (submit.Tasks.FirstOrDefault(task => !seen.Add(task.Id)) is { } twice) return $"refused invalid-request {twice.Id}";
        var known = submit.Tasks.Where(task => _tasks.ContainsKey(task.Id)).ToList();
        if (known.Count > 0) return RepeatGraph(submit, known);
        var ids = submit.Tasks.Select(task => task.Id).ToHashSet();
        foreach (var edge in submit.Tasks.SelectMany(task => task.DependsOn))
        {
            if (!ids.Contains(edge.Id) && !_tasks.ContainsKey(edge.Id)) return $"refused unknown-dependency {edge.Id}";
        }
        var edges = submit.Tasks.ToDictionary(task => task.Id, task => task.DependsOn.Where(edge => ids.Contains(edge.Id)).Select(edge => edge.Id).ToList());
        if (ids.Any(id => Reaches(edges, id, id, []))) return "refused cycle-detected";
        var graph = new NaiveGraph(submit.GraphId, [.. submit.Tasks.Select(task => task.Id)]);
        _graphs.Add(graph.Id, graph);
        foreach (var task in submit.Tasks) Create(task, graph.Id);
        foreach (var id in graph.Tasks) Place(_tasks[id]);
        return Members(graph);
    }

    private string RepeatGraph(Command.SubmitGraph submit, List<TaskSubmission> known)
    {
        var graph = _tasks[known[0].Id].GraphId is { } id ? _graphs[id] : null;
        var isRepeat = graph is not null && graph.Tasks.Count == submit.Tasks.Length
            && submit.Tasks.All(task => _tasks.TryGetValue(task.Id, out var first) && first.GraphId == graph.Id && first.What.Fingerprint == task.Fingerprint);
        return isRepeat ? $"{Members(graph!)} repeat" : $"refused id-conflict {string.Join(' ', known.Select(task => task.Id))}";
    }

    private static bool Reaches(Dictionary<string, List<string>> edges, string from, string to, HashSet<string> seen)
        => edges[from].Any(next => next == to || (seen.Add(next) && Reaches(edges, next, to, seen)));

    private NaiveTask Create(TaskSubmission submission, string? graphId)
    {
        var task = new NaiveTask(submission, graphId, ++_lastOrder, Now.UnixMs);
        _tasks.Add(task.Id, task);
        return task;
    }

    private void Place(NaiveTask task)
    {
        if (task.What.DependsOn.All(IsMet)) Unblock(task);
        else if (task.What.DependsOn.Any(IsImpossible)) Finish(task, TaskState.Cancelled);
    }

    private void Unblock(NaiveTask task) => task.State = task.What.NotBeforeUnixMs > Now.UnixMs ? TaskState.Scheduled : TaskState.Pending;

    private bool IsMet(DependencyEdge edge) => (edge.On, _tasks[edge.Id].State) is
        (EdgeKind.Success, TaskState.Completed) or (EdgeKind.Failure, TaskState.Failed) or (EdgeKind.Finish, TaskState.Completed or TaskState.Failed or TaskState.Cancelled);

    public bool IsImpossible(DependencyEdge edge) => _tasks[edge.Id].State.IsFinal() && !IsMet(edge);

    private void Finish(NaiveTask task, TaskState state)
    {
        task.State = state;
        _ended.Add(task);
    }

    /// <summary>Those that end, one after the other, make others ready or impossible.</summary>
    private void Cascade()
    {
        for (var next = 0; next < _ended.Count; next++)
        {
            foreach (var task in Tasks.Where(task => task.State == TaskState.Blocked))
            {
                var edges = task.What.DependsOn.Where(edge => edge.Id == _ended[next].Id).ToList();
                if (edges.Count == 0) continue;
                if (edges.Any(IsImpossible)) Finish(task, TaskState.Cancelled);
                else if (task.What.DependsOn.All(IsMet)) Unblock(task);
            }
        }
        _ended.Clear();
    }

    private string Cancel(Command.Cancel cancel)
    {
        if (!_tasks.TryGetValue(cancel.TaskId, out var task)) return $"refused task-not-found {cancel.TaskId}";
        if (task.State is TaskState.Completed or TaskState.Failed) return $"refused task-finished {cancel.TaskId}";
        RequestCancel(task, cancel.Reason);
        return Words.Of(task.State);
    }

    private string CancelGraph(Command.CancelGraph cancel)
    {
        if (!_graphs.TryGetValue(cancel.GraphId, out var graph)) return "refused graph-not-found";
        if (!graph.IsCancelled)
        {
            (graph.IsCancelled, graph.CancelReason) = (true, cancel.Reason);
            Cascade();
            foreach (var id in graph.Tasks) RequestCancel(_tasks[id], cancel.Reason);
            Cascade();
        }
        return Members(graph);
    }

    private void RequestCancel(NaiveTask task, string? reason)
    {
        if (task.State.IsFinal() || task.CancelRequested) return;
        task.Reason = reason ?? "none";
        if (task.Lease is null) Finish(task, TaskState.Cancelled);
        else (task.CancelRequested, task.Lease.GraceEnds) = (true, Now.TickMs + GraceMs);
    }
}
