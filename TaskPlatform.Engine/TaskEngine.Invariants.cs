namespace TaskPlatform.Engine;

/// <summary>What is true between any two commands.</summary>
public sealed partial class TaskEngine
{
    /// <summary>Recounts everything. For tests: it costs as much as there are tasks.</summary>
    /// <exception cref="InvalidOperationException">Something is not as it must be; the message says what and of which task.</exception>
    public void AssertInvariants()
    {
        var counts = new int[TaskStates.Count];
        _needers = null;
        foreach (var task in _tasks.Values)
        {
            counts[(int)task.State]++;
            AssertTask(task);
        }
        Demand(counts.AsSpan().SequenceEqual(_counts), "The counts by state are those of a recount.");
        Demand(Enumerable.Range(1, _priorities.Length).All(priority => _tasks.Values.Count(task => (int)task.Priority == priority) == _priorities[priority - 1]), "The counts by priority are those of a recount.");
        Demand(_tallies.Values.Sum(tally => tally.Tasks) == _tasks.Count, "Each task is counted under its type.");
        Demand(_lanes.Values.Sum(lane => lane.Count) == counts[(int)TaskState.Pending], "Lanes hold the pending tasks and no others.");
        Demand(_table.Count == _tasks.Count, "Every task has its row.");
        var leased = counts[(int)TaskState.Assigned] + counts[(int)TaskState.InProgress];
        var slots = _tasks.Values.Sum(task => task.Lease is null ? 0 : task.Lane!.Weight);
        Demand(_agents.Values.Sum(agent => agent.InstancesById.Values.Sum(instance => instance.Load)) == slots, "Agents hold the leased tasks.");
        Demand(_tasks.Values.Count(task => task.Lease is not null) == leased, "There is a lease for each leased task.");
        Demand(_byClaim.Values.Sum(tasks => tasks.Count) == _tasks.Values.Count(task => task.Lease?.ClaimId is not null), "Claims lead to the leased tasks.");
        AssertWaiters();
        AssertFlows();
        Demand(_finished.Count + _stillNeeded.Count >= FinishedCount, "Every finished task will be forgotten.");
        Demand(_tombstones.Count <= _tombstonesByExpiry.Count, "Every deleted task will be forgotten wholly.");
    }

    private void AssertFlows()
    {
        var leased = _tasks.Values.Where(task => task.Lease is not null).ToList();
        foreach (var gate in _concurrencyGates.Values)
        {
            Demand(gate.Held == leased.Count(task => task.Lane!.Concurrency == gate), $"A concurrency key counts its leases. Not so: {gate.Key}.");
            Demand(gate.IsClosed == gate.Held >= gate.Limit, $"A concurrency key is closed when it is full. Not so: {gate.Key}.");
        }
        foreach (var gate in _rateGates.Values)
            Demand(!gate.IsClosed || gate.Index >= 0, $"A closed rate limit will open. Not so: {gate.Key}.");
        foreach (var gate in _budgetGates.Values)
        {
            Demand(gate.Holders == leased.Count(task => task.Lane!.Budget == gate), $"A budget counts its grants. Not so: {gate.Key}.");
            Demand(gate.Waiting.All(task => task is { State: TaskState.Waiting, History.Waits: WaitReason.Budget }), $"Who waits for a budget waits. Not so: {gate.Key}.");
        }
        foreach (var lane in _lanes.Values)
        {
            var isOpen = lane.Count > 0 && !Settings.PausedTypes.Contains(lane.Type) && !lane.IsHeld && !lane.IsSettling
                && lane.Concurrency is not { IsClosed: true } && lane.Rate is not { IsClosed: true } && lane.CandidateRate is not { IsClosed: true };
            Demand(lane.IsOpen == isOpen, $"A lane is open exactly when nothing closes it. Not so: {lane.Key}.");
            Demand(!lane.IsHeld || lane.Budget is { Holders: > 0 } || lane.GraphBudget is { Holders: > 0 }, $"A lane is held for somebody. Not so: {lane.Key}.");
        }
        Demand(_routed.Sum(group => group.Value.Count) == _tasks.Values.Count(task => task.State == TaskState.Pending && task.Body!.Flow.Route is not null), "Ready tasks with a route are known by it.");
        Demand(_routed.All(group => group.Value.Count > 0 && group.Value.All(task => GroupOf(task) == group.Key)), "Ready tasks stand where they were routed.");
        foreach (var share in _shares.Values)
            Demand(share.Ready == _lanes.Values.Where(lane => lane.Share == share).Sum(lane => lane.Count), $"A fairness key counts its ready tasks. Not so: {share.Key}.");
        foreach (var line in _shapes.Values.SelectMany(shape => shape.Lines)) line.AssertInvariants();
    }

    private void AssertWaiters()
    {
        Demand(_waiters.Count == _waitEnds.Count, "Every claim that waits will end.");
        Demand(_waiters.Count == _agents.Values.Sum(agent => agent.InstancesById.Values.Sum(instance => instance.Waiters.Count)), "Agents know their claims that wait.");
        Demand(_waiters.Values.Count(waiter => waiter.Shape is not null) == _shapes.Values.Sum(shape => shape.Waiters.Count), "Lines hold the claims that stand in one.");
        foreach (var (id, agent) in _agents)
        {
            foreach (var instance in agent.InstancesById.Values)
                Demand(instance.Aside == instance.Waiters.Count(waiter => waiter.Shape is null), $"The claims that stand aside are counted. Not so: {id}.");
        }
        if (_wokenLanes.Count > 0 || _freedWaiters.Count > 0 || _wokenShapes.Count > 0 || Settings.Paused) return;
        foreach (var waiter in _waiters.Values) AssertWaitsForAReason(waiter);
    }

    private void AssertWaitsForAReason(Waiter waiter)
    {
        if (Room(waiter.Agent, waiter.Instance) <= 0) return;
        Demand(waiter.Shape is not null, $"A claim stands aside only while its instance takes nothing more. Not so: {waiter.Agent.Id}.");
        // Whoever is left waiting for a better fit is looked at again, whatever happens.
        if (Settings.Policy == MatchPolicy.Learned && _lookAgainTick < Moment.Never) return;
        foreach (var line in waiter.Shape!.Lines)
            Demand(line.Weight > Room(waiter.Agent, waiter.Instance) || line.Fair.Count == 0 || IsHeldBack(waiter), $"Nobody waits for a task that is there. Not so: {waiter.Agent.Id}.");
    }

    /// <summary>For the sake of a task that waits for more slots than are free.</summary>
    private static bool IsHeldBack(Waiter waiter)
    {
        var room = Room(waiter.Agent, waiter.Instance);
        return waiter.Shape!.Lines.Exists(line => line.Weight > room && line.Fair.Count > 0);
    }

    private void AssertTask(TaskItem task)
    {
        Demand((task.LaneIndex >= 0) == (task.State == TaskState.Pending), "A task stands in a lane exactly while it is pending.", task);
        Demand(task.State == TaskState.Waiting == (task.History is { Waits: not WaitReason.None }), "A task waits exactly while it is waiting.", task);
        Demand((task.Lease is not null) == task.State.IsLeased(), "A task has a lease exactly while an agent holds it.", task);
        Demand(task.ResultBytes < 0 || task.State == TaskState.Completed || task.History is { Waits: WaitReason.Verdict }, "Only what is completed or being judged has a result.", task);
        Demand(task.History is not { VerifierId: not null } || task.History.Waits == WaitReason.Verdict, "Only what is being judged has a verifier.", task);
        Demand(task.State.IsFinal() == task.FinishedUnixMs.HasValue, "A task has an end exactly when it is over.", task);
        Demand(task.WallIndex < 0 || !task.State.IsFinal(), "Nothing is due for a task that is over.", task);
        Demand(task.WallIndex >= 0 || task.DeadlineUnixMs is null || task.State.IsFinal(), "Every deadline is waited for.", task);
        AssertFamily(task);
        Demand(task.State.IsFinal() || task.Body!.Unique is not { Key: var key } || _tasks[_unique[key].TaskId] is var holder && !holder.State.IsFinal() && holder.Order >= task.Order, "The last unfinished task of a unique key has it.", task);
        Demand(task.State.IsFinal() || CanGoOn(task), "Something can wake every task that is not over.", task);
        if (HasWork || task.State != TaskState.Blocked) return;
        var open = task.DependsOn.Count(edge => Evaluate(task, edge) == EdgeState.Open);
        Demand(task.UnmetDependencies == open && open > 0, "A blocked task counts what it waits for.", task);
        Demand(task.DependsOn.All(edge => !_tasks.TryGetValue(edge.Id, out var dependency) || HasFired(task, edge) || Knows(dependency, task, edge.On)), "Every task knows those that wait for it.", task);
    }

    private void AssertFamily(TaskItem task)
    {
        var needers = _needers ??= CountNeeders();
        Demand(task.NeededBy == needers.GetValueOrDefault(task.Id), "A task counts those that need it.", task);
        if (task.Family is not { } family) return;
        Demand(family.Open == family.Children.Count(child => !child.State.IsFinal()), "A task counts its open children.", task);
        Demand(family.Children.All(child => child.Parent == task), "Children know their parent.", task);
    }

    private Dictionary<string, int>? _needers;

    private Dictionary<string, int> CountNeeders() => _tasks.Values.Where(task => !task.State.IsFinal())
        .SelectMany(task => task.DependsOn.Where(edge => _tasks.TryGetValue(edge.Id, out var dependency) && IsMeant(task, dependency)))
        .GroupBy(edge => edge.Id).ToDictionary(group => group.Key, group => group.Count());

    private static bool Knows(TaskItem dependency, TaskItem task, EdgeKind on)
        => dependency.State.IsFinal() || dependency.Dependents?.Exists(tie => tie.Task == task && tie.On == on && tie.Holds) == true;

    private bool CanGoOn(TaskItem task) => task.State switch
    {
        TaskState.Pending => true,
        TaskState.Assigned or TaskState.InProgress => task.TimerIndex >= 0,
        TaskState.Scheduled => task.TimerIndex >= 0 || task.WallIndex >= 0,
        TaskState.Blocked => HasWork || task.DependsOn.Any(edge => Evaluate(task, edge) == EdgeState.Open),
        TaskState.Waiting => HasWork || WillBeWoken(task, task.History!),
        _ => false,
    };

    private bool WillBeWoken(TaskItem task, TaskHistory history) => history.Waits switch
    {
        WaitReason.Children => task.Family is { Open: > 0 },
        WaitReason.Verdict => _tasks.TryGetValue(history.VerifierId!, out var verifier) && (!verifier.State.IsFinal() || _wanted.Contains(verifier.Id)),
        _ => true,
    };

    private static void Demand(bool condition, string rule, TaskItem? task = null)
    {
        if (!condition) throw new InvalidOperationException(task is null ? rule : $"{rule} Not so: {task.Id}, {Words.Of(task.State)}.");
    }
}
