using System.Runtime.InteropServices;

namespace TaskPlatform.Engine;

/// <summary>Memory is made again from records.</summary>
public sealed partial class TaskEngine
{
    private readonly List<TaskItem> _loaded = [];
    private readonly List<IQueueRecord> _loadedFlows = [];

    /// <summary>Makes room for so many tasks at once, rather than again and again while they come.</summary>
    public void Expect(int tasks)
    {
        _tasks.EnsureCapacity(tasks);
        _loaded.EnsureCapacity(tasks);
        _table.Expect(tasks);
    }

    /// <summary>Takes one stored task in. All records first, then <see cref="FinishLoading"/>.</summary>
    /// <returns>False when it was taken in already.</returns>
    public bool Load(TaskItem task)
    {
        if (!_tasks.TryAdd(task.Id, task)) return false;
        _loaded.Add(task);
        if (task is { State: TaskState.Waiting, History.Waits: WaitReason.Verdict, ResultBytes: > 0 }) _loadedUnjudged.Add(task);
        _lastOrder = Math.Max(_lastOrder, task.Order);
        return true;
    }

    /// <summary>A task that was taken in already.</summary>
    public TaskItem? FindLoaded(ReadOnlySpan<char> id) => _tasks.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var task) ? task : null;

    /// <summary>Takes the stored settings in.</summary>
    public void Load(QueueSettings settings) => Settings = settings;

    /// <summary>Takes one other stored record in.</summary>
    public void Load(IQueueRecord record)
    {
        switch (record)
        {
            case AgentItem agent: _agents.TryAdd(agent.Id, agent); break;
            case GraphItem graph: _graphs.TryAdd(graph.Id, graph); break;
            case IdempotencyEntry entry when !_keys.ContainsKey(entry.Key): AddKey(entry); break;
            case Tombstone tombstone: _tombstones[tombstone.Key] = tombstone.ExpiresUnixMs; break;
            case RouteItem route: _routes[route.Name] = route; break;
            case ScheduleItem schedule: Place(schedule); break;
            case OperationItem operation: _operations[operation.Id] = operation; break;
            case UniqueEntry or RateEntry or BudgetEntry: _loadedFlows.Add(record); break;
        }
    }

    /// <summary>
    /// Rebuilds every index. Running leases get their full time again; tasks of a graph whose last batch was never stored are forgotten, for nobody
    /// was told of them; what a crash cut short goes on: cascades, revivals, bulk operations.
    /// </summary>
    public void FinishLoading(Moment now)
    {
        SortByOrder();
        ForgetOrphans();
        foreach (var task in _loaded)
        {
            RefuseIncomplete(task);
            Register(task);
        }
        LoadFlows(now);
        // Before tasks are routed: whoever was here when the last owner ended is given time to come back.
        foreach (var agent in _agents.Values) agent.KnownSinceUnixMs = now.UnixMs;
        _runCountedTick = now.TickMs;
        _keepsRoutes = true;
        foreach (var task in _loaded) Index(task, now);
        _keepsRoutes = false;
        // The others, a million of them perhaps, are where they belong: each look at all of them costs a tenth of a second.
        _loaded.RemoveAll(static task => task.State is TaskState.Pending or TaskState.Scheduled || task.State.IsLeased());
        foreach (var task in _loaded) GoOnAfterLoading(task, now);
        LoadExpiries(now);
        LookAgain(now);
        SetPolicy();
        foreach (var graph in _graphs.Values.Where(graph => graph.CancelRequested)) GoOnCancelling(graph);
        foreach (var operation in _operations.Values.Where(operation => operation.FinishedUnixMs is null)) _running.Enqueue(operation.Id);
        foreach (var task in _loaded) Unload(task);
        _loaded.Clear();
        _loaded.TrimExcess();
        _loadedFlows.Clear();
        _loadedUnjudged.Clear();
    }

    private void SortByOrder()
    {
        var tasks = CollectionsMarshal.AsSpan(_loaded);
        var orders = new long[tasks.Length];
        for (var index = 0; index < orders.Length; index++) orders[index] = tasks[index].Order;
        orders.AsSpan().Sort(tasks);
    }

    /// <summary>
    /// Tasks of a graph whose record, written last, is not there; and what came after them in the same unfinished write and depends on one.
    /// </summary>
    private void ForgetOrphans()
    {
        var gone = new HashSet<string>();
        // In the order of arrival: outside of its own call a task can depend on earlier ones only.
        foreach (var task in _loaded)
        {
            var isOrphan = task.GraphId is { } graph ? !_graphs.ContainsKey(graph) : gone.Count > 0 && task.DependsOn.Any(edge => gone.Contains(edge.Id));
            if (!isOrphan) continue;
            gone.Add(task.Id);
            _tasks.Remove(task.Id);
            _deletedTasks.Add(task.Id);
        }
        if (gone.Count > 0) _loaded.RemoveAll(task => gone.Contains(task.Id));
    }

    private void RefuseIncomplete(TaskItem task)
    {
        if (task.State.IsFinal()) return;
        if (task.Body is null) throw new RecordException(task.Id, $"is {Words.Of(task.State)}, and the record of its body is missing");
        foreach (var edge in task.DependsOn)
        {
            if (!_tasks.ContainsKey(edge.Id) && task.State == TaskState.Blocked && !HasFired(task, edge))
                throw new RecordException(task.Id, $"depends on '{edge.Id}', whose record is missing");
        }
    }

    private void Register(TaskItem task)
    {
        Count(task, +1);
        _table.Add(task);
        Adopt(task, task.ParentId is { } parent ? _tasks.GetValueOrDefault(parent) : null);
        if (task.State.IsFinal()) return;
        Need(task, +1);
        LoadUnique(task);
    }

    private void LoadFlows(Moment now)
    {
        foreach (var record in _loadedFlows)
        {
            switch (record)
            {
                case UniqueEntry entry:
                    if (!_unique.TryGetValue(entry.Key, out var hold) || hold.TaskId == entry.TaskId) _unique[entry.Key] = new UniqueHold(entry.TaskId, entry.ExpiresUnixMs);
                    _uniqueByExpiry.Enqueue(entry, entry.ExpiresUnixMs);
                    break;
                case RateEntry entry when RateOf(entry.Key) is { } limit:
                    var rate = RateGateOf(entry.Key);
                    rate.Load(entry, limit, now);
                    _rateOpenings.Set(rate, rate.OpensTick);
                    break;
                case BudgetEntry entry:
                    BudgetGateOf(entry.Key).Load(entry.Used, entry.PeriodStartUnixMs);
                    break;
            }
        }
    }

    private void Index(TaskItem task, Moment now)
    {
        if (task.Lease is { } lease) LoadLease(task, lease, now);
        if (task.State == TaskState.Pending) EnterLane(task, now);
        SetTimers(task, now);
    }

    private void LoadLease(TaskItem task, Lease lease, Moment now)
    {
        // Ticks begin anew with each process; how long the attempt has run is known by the wall clock only.
        var worked = (task.History?.WorkedMs ?? 0) + Math.Max(0, now.UnixMs - lease.GrantedUnixMs);
        var loaded = lease with { StartedTick = now.TickMs - worked, EndsTick = now.TickMs };
        task.Lease = lease.Regrants < limits.Regrants ? Regrant(task, loaded, now) : loaded;
        var lane = task.Lane = LaneOf(task);
        // No limit here: an agent that holds a lease is known, whatever the number of others.
        if (!_agents.ContainsKey(lease.AgentId)) _agents.Add(lease.AgentId, new AgentItem { Id = lease.AgentId });
        var (agent, instance) = (_agents[lease.AgentId], _agents[lease.AgentId].Instance(lease.InstanceId));
        CountTime(agent, instance, now);
        instance.Load += lane.Weight;
        lane.Concurrency?.Hold(+1);
        lane.GraphBudget?.Reserve(lease.Reserved);
        lane.Budget?.Reserve(lease.Reserved);
        if (lease.ClaimId is not null) IndexClaim(task);
        MarkDirty(task);
    }

    private void GoOnAfterLoading(TaskItem task, Moment now)
    {
        switch (task.State)
        {
            case TaskState.Blocked: Reconnect(task, now); break;
            case TaskState.Waiting: WaitOn(task, now); break;
            case TaskState.Cancelled when task.CancelledBy is { } cause: Reconsider(task, cause); break;
            case TaskState.Completed or TaskState.Failed or TaskState.Cancelled: LeaveChildren(task); break;
        }
    }

    /// <summary>A dependency may have ended in the last batch before the crash, its dependents not yet having heard of it.</summary>
    private void Reconnect(TaskItem task, Moment now)
    {
        var impossible = Tie(task);
        if (task.UnmetDependencies == 0) Unblock(task, now);
        else if (impossible is { } cause) CancelBecause(task, cause.Id, now);
    }

    private void WaitOn(TaskItem task, Moment now)
    {
        if (task.History!.Waits == WaitReason.Children)
        {
            if (task.Body!.Policy.FailsWithChild && FailedChild(task) is { } failed) HearOfFailure(task, failed, now);
            else if (task.Family is not { Open: > 0 }) Resume(task, now);
        }
        if (task.State == TaskState.Waiting && task.History.Waits == WaitReason.Verdict) AwaitVerdictAgain(task, now);
        if (task.State != TaskState.Waiting || task.History.Waits != WaitReason.Budget) return;
        var verdict = AskBudgets(task, GraphGateOf(task), SharedGateOf(task), now, out var gate);
        if (verdict != BudgetVerdict.Exhausted) Resume(task, now);
        else if (gate is not null) WaitAt(gate, task, now);
    }

    /// <summary>The verifier may have ended in the last batch before the crash, or its records may be what the crash cut off.</summary>
    private void AwaitVerdictAgain(TaskItem task, Moment now)
    {
        if (!_tasks.TryGetValue(task.History!.VerifierId!, out var verifier))
        {
            if (VerifierOf(task) is not null) GrowVerifier(task, now);
            else Reject(task, new TaskError("verifier-failed", "Nobody judged the result: its route is gone.", Retryable: true), success: null, now);
        }
        else if (verifier.State.IsFinal()) HearVerdict(task, verifier, now);
    }

    /// <summary>Whoever cancelled it was retried before the crash, and the task is to be so too; else it is to be found if that happens later.</summary>
    private void Reconsider(TaskItem task, string causeId)
    {
        if (!_tasks.TryGetValue(causeId, out var cause)) return;
        LeaveChildren(task);
        if (task.ParentId == causeId)
        {
            if (!cause.State.IsFinal() && !task.IsVerifier) _reviving.Enqueue((causeId, task));
            return;
        }
        foreach (var edge in task.DependsOn)
        {
            if (edge.Id != causeId || HasFired(task, edge)) continue;
            if (Evaluate(edge.On, cause.State) == EdgeState.Impossible) TieTo(cause, new Tie(task, edge.On, task.Tied, IsTold: true));
            else _reviving.Enqueue((causeId, task));
        }
    }

    private void LoadExpiries(Moment now)
    {
        foreach (var (id, expires) in _tombstones) _tombstonesByExpiry.Enqueue(new Tombstone(id, expires), expires);
        foreach (var operation in _operations.Values) ExpectToForget(operation);
        // Those that loading itself has ended stand there already, and before older ones.
        _finished.Clear();
        foreach (var task in _loaded.Where(task => task.State.IsFinal()).OrderBy(task => task.FinishedUnixMs).ThenBy(task => task.Order)) Retain(task);
    }

    /// <summary>
    /// Lets go of what only the store needs to keep once a task is over and stored: its body and its history. Answers then say so
    /// (<see cref="TaskItem.IsPartlyInStore"/>), and the reader fetches the records.
    /// </summary>
    public void Unload(TaskItem task)
    {
        if (!task.State.IsFinal() || task.IsDirty) return;
        task.Body = null;
        task.History = null;
        task.IsPartlyInStore = true;
    }
}
