namespace TaskPlatform.Engine;

/// <summary>What is true between any two commands.</summary>
public sealed partial class TaskEngine
{
    /// <summary>Recounts everything. For tests: it costs as much as there are tasks.</summary>
    /// <exception cref="InvalidOperationException">Something is not as it must be; the message says what and of which task.</exception>
    public void AssertInvariants()
    {
        var counts = new int[TaskStates.Count];
        foreach (var task in _tasks.Values)
        {
            counts[(int)task.State]++;
            AssertTask(task);
        }
        Demand(counts.AsSpan().SequenceEqual(_counts), "The counts by state are those of a recount.");
        Demand(_tallies.Values.Sum(tally => tally.Counts.Sum()) == _tasks.Count, "Each task is counted under its type.");
        Demand(_lanes.Values.Sum(lane => lane.Count) == counts[(int)TaskState.Pending], "Lanes hold the pending tasks and no others.");
        Demand(_byOrder.Count == _tasks.Count, "Every task has its place in line.");
        var leased = counts[(int)TaskState.Assigned] + counts[(int)TaskState.InProgress];
        Demand(_agents.Values.Sum(agent => agent.InstancesById.Values.Sum(instance => instance.Load)) == leased, "Agents hold the leased tasks.");
        Demand(_byClaim.Values.Sum(tasks => tasks.Count) == _tasks.Values.Count(task => task.Lease?.ClaimId is not null), "Claims lead to the leased tasks.");
        AssertWaiters();
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
        var shape = ShapeOf(waiter.Agent, waiter.Claim.Types);
        Demand(!shape.Lanes.Any(lane => lane.Count > 0 && !Settings.IsPaused(lane.Type)), $"Nobody waits for a task that is there. Not so: {waiter.Agent.Id}.");
    }

    private void AssertTask(TaskItem task)
    {
        Demand((task.Lane is not null) == (task.State == TaskState.Pending), "A task stands in a lane exactly while it is pending.", task);
        Demand((task.Lease is not null) == task.State.IsLeased(), "A task has a lease exactly while an agent holds it.", task);
        Demand(task.State.IsFinal() == task.FinishedUnixMs.HasValue, "A task has an end exactly when it is over.", task);
        Demand((task.TimerIndex >= 0) == (task.TimerTick != Moment.Never), "A task is in the timers exactly while something is due.", task);
        Demand((task.WallIndex >= 0) == (task.WallDueMs != Moment.Never), "A task is in the wall timers exactly while something is due.", task);
        Demand(task.State.IsFinal() || CanGoOn(task), "Something can wake every task that is not over.", task);
        if (HasWork || task.State != TaskState.Blocked) return;
        var open = task.DependsOn.Count(edge => Evaluate(edge.On, _tasks[edge.Id].State) == EdgeState.Open);
        Demand(task.UnmetDependencies == open && open > 0, "A blocked task counts what it waits for.", task);
        Demand(task.DependsOn.All(edge => Knows(_tasks[edge.Id], task, edge.On)), "Every task knows those that wait for it.", task);
    }

    private static bool Knows(TaskItem dependency, TaskItem task, EdgeKind on)
        => dependency.State.IsFinal() || dependency.Dependents?.Contains((task, on)) == true;

    private bool CanGoOn(TaskItem task) => task.State switch
    {
        TaskState.Pending => true,
        TaskState.Assigned or TaskState.InProgress => task.TimerIndex >= 0,
        TaskState.Scheduled => task.TimerIndex >= 0 || task.WallIndex >= 0,
        TaskState.Blocked => HasWork || task.DependsOn.Any(edge => !_tasks[edge.Id].State.IsFinal()),
        _ => false,
    };

    private static void Demand(bool condition, string rule, TaskItem? task = null)
    {
        if (!condition) throw new InvalidOperationException(task is null ? rule : $"{rule} Not so: {task.Id}, {Words.Of(task.State)}.");
    }
}
