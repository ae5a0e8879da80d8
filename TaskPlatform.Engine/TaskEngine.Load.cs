namespace TaskPlatform.Engine;

/// <summary>Memory is made again from records.</summary>
public sealed partial class TaskEngine
{
    /// <summary>Takes one stored task in. All records first, then <see cref="FinishLoading"/>.</summary>
    public void Load(TaskItem task)
    {
        if (!_tasks.TryAdd(task.Id, task)) return;
        _byOrder.Add(task);
        _lastOrder = Math.Max(_lastOrder, task.Order);
    }

    /// <summary>Takes one stored agent in.</summary>
    public void Load(AgentItem agent) => _agents.TryAdd(agent.Id, agent);

    /// <summary>Takes one stored graph in.</summary>
    public void Load(GraphItem graph) => _graphs.TryAdd(graph.Id, graph);

    /// <summary>Takes one idempotency key in.</summary>
    public void Load(IdempotencyEntry entry)
    {
        if (!_keys.ContainsKey(entry.Key)) AddKey(entry);
    }

    /// <summary>Takes the stored settings in.</summary>
    public void Load(QueueSettings settings) => Settings = settings;

    /// <summary>
    /// Rebuilds every index. Running leases get their full time again; tasks of a graph whose last batch was never stored are forgotten, for nobody
    /// was told of them; cascades that a crash cut short go on.
    /// </summary>
    /// <returns>The tasks that were forgotten: their records are to be deleted.</returns>
    public IReadOnlyList<TaskItem> FinishLoading(Moment now)
    {
        _byOrder.Sort((left, right) => left.Order.CompareTo(right.Order));
        var orphans = ForgetOrphans();
        foreach (var task in _byOrder) RefuseIncomplete(task);
        foreach (var task in _byOrder) Index(task, now);
        foreach (var task in _byOrder.Where(task => task.State == TaskState.Blocked).ToList()) Reconnect(task, now);
        foreach (var graph in _graphs.Values.Where(graph => graph.CancelRequested)) GoOnCancelling(graph);
        return orphans;
    }

    /// <summary>
    /// Tasks of a graph whose record, written last, is not there; and what came after them in the same unfinished write and depends on one.
    /// </summary>
    private List<TaskItem> ForgetOrphans()
    {
        var orphans = new List<TaskItem>();
        var gone = new HashSet<string>();
        // In the order of arrival: outside of its own call a task can depend on earlier ones only.
        foreach (var task in _byOrder)
        {
            var isOrphan = task.GraphId is { } graph ? !_graphs.ContainsKey(graph) : gone.Count > 0 && task.DependsOn.Any(edge => gone.Contains(edge.Id));
            if (!isOrphan) continue;
            orphans.Add(task);
            gone.Add(task.Id);
            _tasks.Remove(task.Id);
        }
        if (orphans.Count > 0) _byOrder.RemoveAll(task => gone.Contains(task.Id));
        return orphans;
    }

    private void RefuseIncomplete(TaskItem task)
    {
        if (task.Body is null && !task.State.IsFinal()) throw new RecordException(task.Id, $"is {Words.Of(task.State)}, and the record of its body is missing");
        foreach (var edge in task.DependsOn)
        {
            if (!_tasks.ContainsKey(edge.Id)) throw new RecordException(task.Id, $"depends on '{edge.Id}', whose record is missing");
        }
    }

    /// <summary>
    /// Lets go of what only the store needs to keep once a task is over and stored: its body and its result. Answers then say so
    /// (<see cref="TaskItem.IsPartlyInStore"/>), and the reader fetches the records.
    /// </summary>
    public void Unload(TaskItem task)
    {
        if (!task.State.IsFinal() || task.IsDirty) return;
        task.Body = null;
        task.Result = default;
    }

    private void Index(TaskItem task, Moment now)
    {
        Count(task, +1);
        if (task.GraphId is { } id) _graphs[id].Members.Add(task);
        if (task.Lease is { } lease) LoadLease(task, lease, now);
        Enter(task, now);
    }

    private void LoadLease(TaskItem task, Lease lease, Moment now)
    {
        // Ticks begin anew with each process; how long the attempt has run is known by the wall clock only.
        var worked = Math.Max(0, now.UnixMs - (task.StartedUnixMs ?? now.UnixMs));
        var loaded = lease with { StartedTick = now.TickMs - worked, EndsTick = now.TickMs };
        task.Lease = lease.Regrants < limits.Regrants ? Regrant(task, loaded, now) : loaded;
        // No limit here: an agent that holds a lease is known, whatever the number of others.
        if (!_agents.ContainsKey(lease.AgentId)) _agents.Add(lease.AgentId, new AgentItem { Id = lease.AgentId });
        _agents[lease.AgentId].Instance(lease.InstanceId).Load++;
        IndexClaim(task);
        MarkDirty(task);
    }

    /// <summary>A dependency may have ended in the last batch before the crash, its dependents not yet having heard of it.</summary>
    private void Reconnect(TaskItem task, Moment now)
    {
        var impossible = Tie(task);
        if (task.UnmetDependencies == 0) Unblock(task, now);
        else if (impossible is { } cause) CancelBecause(task, cause, now);
    }
}
