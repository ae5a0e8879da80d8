using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Tasks come in.</summary>
public sealed partial class TaskEngine
{
    private Outcome Submit(Command.Submit submit, Moment now)
    {
        if (_tasks.TryGetValue(submit.Task.Id, out var existing)) return Repeat(existing, submit.Task);
        if (UnfinishedCount >= limits.UnfinishedTasks) return RefuseFull();
        if (RefuseDependencies(submit.Task) is { } refusal) return new Outcome.Refused(refusal);
        var task = Create(submit.Task, graphId: null, now);
        Connect(task, now);
        return Answer(task, isNew: true);
    }

    private Outcome Repeat(TaskItem existing, TaskSubmission again) => existing.Fingerprint == again.Fingerprint
        ? Answer(existing)
        : Refuse(Refusal.IdConflict, $"The id '{existing.Id}' was used for a task with another body.", existing.Id);

    private Outcome RefuseFull()
        => Refuse(Refusal.QueueFull, $"The queue holds {limits.UnfinishedTasks} unfinished tasks, the most it takes. Try again when some are finished.");

    private Outcome SubmitGraph(Command.SubmitGraph submit, Moment now)
    {
        if (RefuseShape(submit.Tasks) is { } misshapen) return new Outcome.Refused(misshapen);
        if (FindRepeatedGraph(submit.Tasks, out var refusal) is { } existing) return Answer(existing, now);
        refusal ??= RefuseEdges(submit.Tasks);
        if (refusal is not null) return new Outcome.Refused(refusal);
        if (UnfinishedCount + submit.Tasks.Length > limits.UnfinishedTasks) return RefuseFull();
        return Answer(CreateGraph(submit, now), now, isNew: true);
    }

    private GraphItem CreateGraph(Command.SubmitGraph submit, Moment now)
    {
        var graph = new GraphItem { Id = submit.GraphId, CreatedUnixMs = now.UnixMs, Size = submit.Tasks.Length };
        _graphs.Add(graph.Id, graph);
        MarkDirty(graph);
        foreach (var task in submit.Tasks) graph.Members.Add(Create(task, graph.Id, now));
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
        => _tasks[task.Id] is var existing && existing.GraphId == graphId && existing.Fingerprint == task.Fingerprint;

    private Refusal? RefuseShape(ImmutableArray<TaskSubmission> tasks)
    {
        if (tasks.IsEmpty) return Refusal.Of(Refusal.InvalidRequest, "A graph has one task at least.");
        if (tasks.Length > limits.GraphTasks)
            return Refusal.Of(Refusal.InvalidRequest, $"A graph has {limits.GraphTasks} tasks at most; this one has {tasks.Length}.");
        var seen = new HashSet<string>(tasks.Length);
        var twice = tasks.FirstOrDefault(task => !seen.Add(task.Id));
        return twice is null ? null : Refusal.Of(Refusal.InvalidRequest, $"The id '{twice.Id}' stands twice in the call.", twice.Id);
    }

    private Refusal? RefuseEdges(ImmutableArray<TaskSubmission> tasks)
    {
        var ids = tasks.Select(task => task.Id).ToHashSet();
        foreach (var task in tasks)
        {
            foreach (var edge in task.DependsOn)
            {
                if (!ids.Contains(edge.Id) && !_tasks.ContainsKey(edge.Id)) return UnknownDependency(task.Id, edge.Id);
            }
        }
        return Cycles.Find(tasks) is { IsEmpty: false } cycle
            ? new Refusal(Refusal.CycleDetected, $"These tasks wait for each other: {string.Join(" → ", cycle)}.", cycle)
            : null;
    }

    private Refusal? RefuseDependencies(TaskSubmission task)
    {
        foreach (var edge in task.DependsOn)
        {
            if (edge.Id == task.Id) return Refusal.Of(Refusal.CycleDetected, $"The task '{task.Id}' waits for itself.", task.Id, task.Id);
            if (!_tasks.ContainsKey(edge.Id)) return UnknownDependency(task.Id, edge.Id);
        }
        return null;
    }

    private static Refusal UnknownDependency(string task, string dependency)
        => Refusal.Of(Refusal.UnknownDependency, $"The task '{task}' depends on '{dependency}', which does not exist.", dependency);

    private TaskItem Create(TaskSubmission submission, string? graphId, Moment now)
    {
        var task = new TaskItem
        {
            Id = submission.Id,
            Type = SharedNames.Of(submission.Type),
            Order = ++_lastOrder,
            CreatedUnixMs = now.UnixMs,
            Fingerprint = submission.Fingerprint,
            GraphId = graphId,
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
        _byOrder.Add(task);
        Count(task, +1);
        MarkDirty(task);
        return task;
    }

    /// <summary>Ties a new task to what it waits for, and lets it go on at once where nothing holds it.</summary>
    private void Connect(TaskItem task, Moment now)
    {
        var impossible = Tie(task);
        if (task.UnmetDependencies == 0) LeaveBlocked(task, now);
        else SetTimers(task, now);
        Tell(TaskEvent.Submitted, task);
        if (impossible is { } cause) CancelBecause(task, cause, now);
    }
}
