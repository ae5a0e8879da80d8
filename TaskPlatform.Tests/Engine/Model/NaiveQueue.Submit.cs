using System.Collections.Immutable;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Tasks come in.</summary>
internal sealed partial class NaiveQueue
{
    /// <summary>Which task has which unique key, and until when in any case.</summary>
    private Dictionary<string, (string TaskId, long Expires)> _unique = [];

    private bool IsFullFor(int tasks)
        => _tasks.Values.Count(task => !task.State.IsFinal()) + tasks > Math.Min(Limits.UnfinishedTasks, _settings.UnfinishedTasks ?? int.MaxValue);

    private string Submit(TaskSubmission submission)
    {
        if (_tasks.TryGetValue(submission.Id, out var existing))
            return existing.What.Fingerprint == submission.Fingerprint ? $"{Words.Of(existing.State)} repeat" : $"refused id-conflict {submission.Id}";
        if (_tombstones.ContainsKey(submission.Id)) return $"refused task-purged {submission.Id}";
        if (Winner(submission) is { } winner) return $"{Words.Of(winner.State)} repeat of {winner.Id}";
        if (IsFullFor(1)) return "refused queue-full";
        foreach (var edge in submission.DependsOn)
        {
            if (edge.Id == submission.Id) return $"refused cycle-detected {edge.Id} {edge.Id}";
            if (!_tasks.ContainsKey(edge.Id)) return Missing(edge.Id);
        }
        var task = Create(submission, null, null);
        Place(task);
        return Words.Of(task.State);
    }

    /// <summary>The task that has the unique key of this one.</summary>
    private NaiveTask? Winner(TaskSubmission submission)
    {
        if (submission.Body.Unique is not { } unique || !_unique.TryGetValue(unique.Key, out var hold)) return null;
        return !_tasks[hold.TaskId].State.IsFinal() || hold.Expires > Now.UnixMs ? _tasks[hold.TaskId] : null;
    }

    private void FreeKeys(Func<NaiveTask, long, bool> isFree)
    {
        foreach (var (key, hold) in _unique.Where(pair => isFree(_tasks[pair.Value.TaskId], pair.Value.Expires)).ToList()) _unique.Remove(key);
    }

    private string? MissingEdge(ImmutableArray<TaskSubmission> tasks)
    {
        var edges = tasks.SelectMany(task => task.DependsOn).Where(edge => !_tasks.ContainsKey(edge.Id) && tasks.All(task => task.Id != edge.Id)).ToList();
        return edges.Count == 0 ? null : Missing(edges[0].Id);
    }

    private string Missing(string id) => _tombstones.ContainsKey(id) ? $"refused task-purged {id}" : $"refused unknown-dependency {id}";

    private string SubmitGraph(Command.SubmitGraph submit)
    {
        if (submit.Tasks.IsEmpty) return "refused invalid-request";
        var seen = new HashSet<string>();
        if (submit.Tasks.FirstOrDefault(task => !seen.Add(task.Id)) is { } twice) return $"refused invalid-request {twice.Id}";
        var known = submit.Tasks.Where(task => _tasks.ContainsKey(task.Id)).ToList();
        if (known.Count > 0) return RepeatGraph(submit, known);
        if (Taken(submit.Tasks) is { } taken) return taken;
        if (MissingEdge(submit.Tasks) is { } missing) return missing;
        if (HasCycle(submit.Tasks)) return "refused cycle-detected";
        if (IsFullFor(submit.Tasks.Length)) return "refused queue-full";
        _graphs.Add(submit.GraphId, new NaiveGraph(submit.GraphId, submit.Tasks.Length, submit.Budget));
        foreach (var task in submit.Tasks) Create(task, submit.GraphId, null);
        foreach (var task in submit.Tasks) Place(_tasks[task.Id]);
        return Members(submit.GraphId);
    }

    /// <summary>There is no half of a graph: an id that was deleted or a unique key that is taken refuses all of it.</summary>
    private string? Taken(IReadOnlyList<TaskSubmission> tasks)
    {
        var keys = new HashSet<string>();
        foreach (var task in tasks)
        {
            if (_tombstones.ContainsKey(task.Id)) return NoTask(task.Id);
            if (Winner(task) is not null || (task.Body.Unique is { } unique && !keys.Add(unique.Key))) return $"refused id-conflict {task.Id}";
        }
        return null;
    }

    private string RepeatGraph(Command.SubmitGraph submit, List<TaskSubmission> known)
    {
        var graph = _tasks[known[0].Id].GraphId is { } id ? _graphs[id] : null;
        var isRepeat = graph is not null && graph.Size == submit.Tasks.Length
            && submit.Tasks.All(task => _tasks.TryGetValue(task.Id, out var first) && first.GraphId == graph.Id && first.ParentId is null && first.What.Fingerprint == task.Fingerprint);
        return isRepeat ? $"{Members(graph!.Id)} repeat" : $"refused id-conflict {string.Join(' ', known.Select(task => task.Id))}";
    }

    private static bool HasCycle(ImmutableArray<TaskSubmission> tasks)
    {
        var ids = tasks.Select(task => task.Id).ToHashSet();
        var edges = tasks.ToDictionary(task => task.Id, task => task.DependsOn.Where(edge => ids.Contains(edge.Id)).Select(edge => edge.Id).ToList());
        return ids.Any(id => Reaches(edges, id, id, []));
    }

    private static bool Reaches(Dictionary<string, List<string>> edges, string from, string to, HashSet<string> seen)
        => edges[from].Any(next => next == to || (seen.Add(next) && Reaches(edges, next, to, seen)));

    private NaiveTask Create(TaskSubmission submission, string? graphId, string? parentId)
    {
        var task = new NaiveTask(submission, graphId, parentId, ++_lastOrder, Now.UnixMs);
        _tasks.Add(task.Id, task);
        if (submission.Body.Unique is { } unique) _unique[unique.Key] = (task.Id, unique.ForMs is { } time ? Now.UnixMs + time : 0);
        return task;
    }

    /// <summary>After a restart an unfinished task has its key, whoever had it before.</summary>
    private void TakeKeyAgain(NaiveTask task)
    {
        if (task.What.Body.Unique is not { } unique) return;
        if (!_unique.TryGetValue(unique.Key, out var hold) || hold.TaskId != task.Id) _unique[unique.Key] = (task.Id, 0);
    }
}
