using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Tasks come in.</summary>
public sealed partial class TaskEngine
{
    private int MostUnfinished => Math.Min(Settings.UnfinishedTasks ?? int.MaxValue, limits.UnfinishedTasks);

    private Outcome Submit(Command.Submit submit, Moment now)
    {
        if (_tasks.TryGetValue(submit.Task.Id, out var existing)) return Repeat(existing, submit.Task);
        if (RefusePurged(submit.Task.Id) is { } purged) return new Outcome.Refused(purged);
        if (submit.Task.Body.Unique is { } unique && FindUnique(unique.Key, now) is { } winner) return Deduplicate(winner, unique.Key);
        if ((RefuseFull(adding: 1) ?? RefuseDependencies(submit.Task)) is { } refusal) return new Outcome.Refused(refusal);
        var task = Create(submit.Task, graphId: null, parent: null, now);
        Connect(task, now);
        return Answer(task, isNew: true);
    }

    private Outcome Repeat(TaskItem existing, TaskSubmission again) => existing.Fingerprint == again.Fingerprint
        ? Answer(existing)
        : Refuse(Refusal.IdConflict, $"The id '{existing.Id}' was used for a task with another body.", existing.Id);

    private Outcome.TaskAnswer Deduplicate(TaskItem winner, string key)
        => new Outcome.TaskAnswer(View(winner), DeduplicatedBy: key);

    private bool IsFullFor(int adding) => UnfinishedCount + adding > MostUnfinished;

    private Refusal? RefuseFull(int adding) => IsFullFor(adding)
        ? Refusal.Of(Refusal.QueueFull, $"The queue holds {UnfinishedCount} unfinished tasks, and {MostUnfinished} is the most it takes. Try again when some are finished.")
        : null;

    private Refusal? RefusePurged(string id) => _tombstones.ContainsKey(id)
        ? Refusal.Of(Refusal.TaskPurged, $"The task '{id}' was deleted. Its id may be used again a day after that.", id)
        : null;

    private Outcome SubmitGraph(Command.SubmitGraph submit, Moment now)
    {
        if (RefuseShape(submit.Tasks) is { } misshapen) return new Outcome.Refused(misshapen);
        if (FindRepeatedGraph(submit.Tasks, out var refusal) is { } existing) return Answer(existing, now);
        refusal ??= RefuseNames(submit.Tasks, now) ?? RefuseEdges(submit.Tasks) ?? RefuseFull(submit.Tasks.Length);
        if (refusal is not null) return new Outcome.Refused(refusal);
        return Answer(CreateGraph(submit, now), now, isNew: true);
    }

    private GraphItem CreateGraph(Command.SubmitGraph submit, Moment now)
    {
        var graph = new GraphItem { Id = submit.GraphId, CreatedUnixMs = now.UnixMs, Size = submit.Tasks.Length, Budget = submit.Budget };
        _graphs.Add(graph.Id, graph);
        MarkDirty(graph);
        _tasks.EnsureCapacity(_tasks.Count + submit.Tasks.Length);
        foreach (var task in submit.Tasks) Create(task, graph.Id, parent: null, now);
        foreach (var task in graph.Members) Connect(task, now);
        return graph;
    }

    /// <summary>A graph whose every task is there already, unchanged and from one call, is that call again.</summary>
    private GraphItem? FindRepeatedGraph(ImmutableArray<TaskSubmission> tasks, out Refusal? refusal)
    {
        refusal = null;
        var known = tasks.Where(task => _tasks.ContainsKey(task.Id)).ToArray();
        if (known.Length == 0) return null;
        var graphId = _tasks[known[0].Id].GraphId;
        var isRepeat = known.Length == tasks.Length && graphId is not null && known.All(task => IsRepeatIn(graphId, task));
        if (isRepeat && _graphs[graphId!].Size == tasks.Length) return _graphs[graphId!];
        refusal = Refusal.Of(
            Refusal.IdConflict, $"The id '{known[0].Id}' is in use, and this is no repeat of the call that made it.", [.. known.Select(task => task.Id)]);
        return null;
    }

    private bool IsRepeatIn(string graphId, TaskSubmission task)
        => _tasks[task.Id] is { ParentId: null } existing && existing.GraphId == graphId && existing.Fingerprint == task.Fingerprint;

    private Refusal? RefuseShape(ImmutableArray<TaskSubmission> tasks)
    {
        if (tasks.IsEmpty) return Refusal.Of(Refusal.InvalidRequest, "There must be one task at least.");
        if (tasks.Length > limits.GraphTasks)
            return Refusal.Of(Refusal.InvalidRequest, $"A call has {limits.GraphTasks} tasks at most; this one has {tasks.Length}.");
        var seen = new HashSet<string>(tasks.Length);
        var twice = tasks.FirstOrDefault(task => !seen.Add(task.Id));
        return twice is null ? null : Refusal.Of(Refusal.InvalidRequest, $"The id '{twice.Id}' stands twice in the call.", twice.Id);
    }

    /// <summary>Ids of deleted tasks, and unique keys that are taken: there is no half of a call.</summary>
    private Refusal? RefuseNames(IReadOnlyList<TaskSubmission> tasks, Moment now)
    {
        HashSet<string>? keys = null;
        foreach (var task in tasks)
        {
            if (RefusePurged(task.Id) is { } purged) return purged;
            if (task.Body.Unique is not { } unique) continue;
            var holder = FindUnique(unique.Key, now)?.Id ?? ((keys ??= []).Add(unique.Key) ? null : "another one of the call");
            if (holder is not null) return Refusal.Of(Refusal.IdConflict, $"The unique key '{unique.Key}' of '{task.Id}' is taken by '{holder}'.", task.Id);
        }
        return null;
    }

    private Refusal? RefuseEdges(ImmutableArray<TaskSubmission> tasks)
    {
        HashSet<string>? ids = null;
        foreach (var task in tasks)
        {
            foreach (var edge in task.DependsOn)
            {
                ids ??= tasks.Select(one => one.Id).ToHashSet();
                if (!ids.Contains(edge.Id) && !_tasks.ContainsKey(edge.Id)) return UnknownDependency(task.Id, edge.Id);
            }
        }
        return ids is not null && Cycles.Find(tasks) is { IsEmpty: false } cycle ? Cycle(cycle) : null;
    }

    private static Refusal Cycle(ImmutableArray<string> cycle)
        => new(Refusal.CycleDetected, $"These tasks wait for each other: {string.Join(" → ", cycle)}.", cycle);

    private Refusal? RefuseDependencies(TaskSubmission task)
    {
        foreach (var edge in task.DependsOn)
        {
            if (edge.Id == task.Id) return Refusal.Of(Refusal.CycleDetected, $"The task '{task.Id}' waits for itself.", task.Id, task.Id);
            if (!_tasks.ContainsKey(edge.Id)) return UnknownDependency(task.Id, edge.Id);
        }
        return null;
    }

    private Refusal UnknownDependency(string task, string dependency) => _tombstones.ContainsKey(dependency)
        ? Refusal.Of(Refusal.TaskPurged, $"The task '{task}' depends on '{dependency}', which was deleted.", dependency)
        : Refusal.Of(Refusal.UnknownDependency, $"The task '{task}' depends on '{dependency}', which does not exist.", dependency);

    private TaskItem Create(TaskSubmission submission, string? graphId, TaskItem? parent, Moment now)
    {
        var task = new TaskItem
        {
            Id = submission.Id,
            Type = SharedNames.Of(submission.Type),
            Order = ++_lastOrder,
            CreatedUnixMs = now.UnixMs,
            Fingerprint = submission.Fingerprint,
            GraphId = graphId,
            ParentId = parent?.Id,
            DependsOn = submission.DependsOn,
            DeadlineUnixMs = submission.DeadlineUnixMs,
            Priority = submission.Priority,
            Labels = submission.Labels,
            NotBeforeUnixMs = submission.NotBeforeUnixMs,
            Body = submission.Body,
            State = TaskState.Blocked,
            BodyIsDirty = true,
        };
        _tasks.Add(task.Id, task);
        Count(task, +1);
        _table.Add(task);
        Adopt(task, parent);
        TakeUnique(task);
        MarkDirty(task);
        return task;
    }

    /// <summary>Ties a task to its graph and its parent.</summary>
    private void Adopt(TaskItem task, TaskItem? parent)
    {
        if (task.GraphId is { } graphId) JoinGraph(_graphs[graphId], task);
        if (parent is not null)
        {
            task.Parent = parent;
            parent.Family ??= new Family();
            parent.Family.Children.Add(task);
        }
    }

    private static void JoinGraph(GraphItem graph, TaskItem task)
    {
        graph.Members.Add(task);
        graph.Alive++;
    }

    /// <summary>Notes that a task which is not over needs those that it depends on, or no longer does. They must all be there already.</summary>
    private void Need(TaskItem task, int difference)
    {
        if (task.Parent is { } parent) parent.Family!.Open += difference;
        foreach (var edge in task.DependsOn)
        {
            if (_tasks.TryGetValue(edge.Id, out var dependency) && IsMeant(task, dependency)) dependency.NeededBy += difference;
        }
    }

    /// <summary>A day after a task was deleted another may have its id: a task depends on what came before it, or with it in one call.</summary>
    private static bool IsMeant(TaskItem task, TaskItem dependency)
        => dependency.Order < task.Order
        || ((task.GraphId is not null || task.ParentId is not null) && dependency.GraphId == task.GraphId && dependency.ParentId == task.ParentId);

    /// <summary>Ties a new task to what it waits for, and lets it go on at once where nothing holds it.</summary>
    private void Connect(TaskItem task, Moment now)
    {
        Need(task, +1);
        var impossible = task.DependsOn.IsEmpty ? null : Tie(task);
        if (task.UnmetDependencies == 0) LeaveBlocked(task, now);
        else SetTimers(task, now);
        Tell(TaskEvent.Submitted, task);
        if (impossible is { } cause) CancelBecause(task, cause.Id, now);
    }
}
