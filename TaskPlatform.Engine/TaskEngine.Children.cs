using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Tasks that add tasks, and wait for them.</summary>
public sealed partial class TaskEngine
{
    private Outcome AddChildren(Command.AddChildren add, Moment now)
    {
        if (FindLeased(add.TaskId, add.Token, SettleVerb.Children, out var other) is not { } parent) return other;
        if (RefuseChildren(parent, add, now) is { } refusal) return new Outcome.Refused(refusal);
        // What is over by now is no news to it later.
        if (add.Waits) parent.Family?.Children.ForEach(child => child.IsEndUntold = false);
        CreateChildren(parent, add.Tasks, now);
        if (add.Waits && !parent.CancelRequested && parent.Body!.Policy.FailsWithChild && FailedChild(parent) is { } failed) return FailWith(parent, failed, add.Token, now);
        if (!add.Waits || parent.Family is not { Open: > 0 }) return GoOn(parent, now);
        return Suspend(parent, add.Token, SettleVerb.Children, WaitReason.Children, now);
    }

    private Refusal? RefuseChildren(TaskItem parent, Command.AddChildren add, Moment now)
    {
        var tasks = add.Tasks;
        if (RefuseShape(tasks) is { } misshapen) return misshapen;
        var added = new List<TaskSubmission>();
        foreach (var task in tasks)
        {
            if (!_tasks.TryGetValue(task.Id, out var existing)) added.Add(task);
            else if (existing.ParentId != parent.Id || existing.Fingerprint != task.Fingerprint)
                return Refusal.Of(Refusal.IdConflict, $"The id '{task.Id}' is in use, and not by the same task of '{parent.Id}'.", task.Id);
        }
        var refusal = added.Count == 0 ? null : RefuseAdded(parent, added, now);
        return refusal ?? (added.Count > 0 || add.Waits ? RefuseDeadlock(parent, added, add.Waits) : null);
    }

    private Refusal? RefuseAdded(TaskItem parent, List<TaskSubmission> added, Moment now)
    {
        return RefuseFull(added.Count) ?? RefuseFamily(parent, added.Count) ?? RefuseNames(added, now) ?? RefuseEdges([.. added]);
    }

    private Refusal? RefuseFamily(TaskItem parent, int added)
    {
        if ((parent.Family?.Children.Count ?? 0) + added > limits.Children)
            return Refusal.Of(Refusal.InvalidRequest, $"The task '{parent.Id}' would have over {limits.Children} children, the most there may be.");
        var depth = 1;
        for (var task = parent; task.Parent is { } above; task = above) depth++;
        return depth <= limits.ChildDepth ? null : Refusal.Of(Refusal.InvalidRequest, $"Children may be nested {limits.ChildDepth} deep.");
    }

    /// <summary>A child that waits, however indirectly, for one of those that wait for it would wait for ever.</summary>
    private Refusal? RefuseDeadlock(TaskItem parent, List<TaskSubmission> added, bool waits)
    {
        var ancestors = new HashSet<TaskItem>();
        for (var task = parent; task is not null; task = task.Parent) ancestors.Add(task);
        var seen = new HashSet<TaskItem>();
        foreach (var child in added)
        {
            if (Reach(child.DependsOn.Select(edge => edge.Id), ancestors, seen) is { } found) return Cycle([child.Id, found.Id, child.Id]);
        }
        foreach (var child in waits ? parent.Family?.Children ?? [] : [])
        {
            if (Reach([child.Id], ancestors, seen) is { } found) return Cycle([child.Id, found.Id, child.Id]);
        }
        return null;
    }

    /// <summary>The first of some tasks that others wait for, by dependencies and by waiting for children.</summary>
    private TaskItem? Reach(IEnumerable<string> from, HashSet<TaskItem> targets, HashSet<TaskItem> seen)
    {
        var open = new Stack<TaskItem>();
        foreach (var id in from) Look(id, open, seen);
        while (open.TryPop(out var task))
        {
            if (targets.Contains(task)) return task;
            foreach (var edge in task.DependsOn) Look(edge.Id, open, seen);
            if (task.History is { Waits: WaitReason.Children }) task.Family?.Children.ForEach(child => Look(child.Id, open, seen));
            else if (task.History?.VerifierId is { } verifier) Look(verifier, open, seen);
        }
        return null;
    }

    private void Look(string id, Stack<TaskItem> open, HashSet<TaskItem> seen)
    {
        if (_tasks.TryGetValue(id, out var task) && !task.State.IsFinal() && seen.Add(task)) open.Push(task);
    }

    private void CreateChildren(TaskItem parent, ImmutableArray<TaskSubmission> tasks, Moment now)
    {
        var made = new List<TaskItem>(tasks.Length);
        foreach (var task in tasks)
        {
            if (!_tasks.ContainsKey(task.Id)) made.Add(Create(task, parent.GraphId, parent, now));
        }
        foreach (var child in made) Connect(child, now);
    }

    /// <summary>The task stays with its agent, who has shown that it lives and gets on.</summary>
    private Outcome GoOn(TaskItem task, Moment now)
    {
        HearFrom(task, task.Lease! with { ChangedTick = now.TickMs }, now);
        MarkDirty(task);
        return Answer(task);
    }

    /// <summary>The grant ends, the attempt does not: the next grant goes on with it.</summary>
    private Outcome Suspend(TaskItem task, UInt128 token, SettleVerb verb, WaitReason reason, Moment now)
    {
        Settle(task, token, verb);
        var history = task.Told;
        if (history.CancelRequested)
        {
            EndAttempt(task, AttemptRecord.Cancelled, error: null, success: null, now);
            Finish(task, TaskState.Cancelled, now);
            return Answer(task);
        }
        var lease = EndGrant(task, now);
        history.WorkedMs = Math.Max(0, now.TickMs - lease.StartedTick);
        history.IsAttemptOpen = true;
        history.Waits = reason;
        Move(task, TaskState.Waiting, now);
        Tell(TaskEvent.Waiting, task);
        return Answer(task);
    }

    /// <summary>What the task waited for is there: it is ready again, at its old place in line.</summary>
    private void Resume(TaskItem task, Moment now)
    {
        StopWaiting(task);
        task.Told.ReadyAgainUnixMs = now.UnixMs;
        Move(task, TaskState.Pending, now);
        Tell(TaskEvent.Ready, task);
    }

    private static TaskItem? FailedChild(TaskItem parent)
        => parent.Family?.Children.Find(IsLostChild);

    private static bool IsLost(TaskItem task) => task.State is TaskState.Failed or TaskState.Cancelled;

    /// <summary>What became of a verifier was told its task when it was: to later attempts it is no loss.</summary>
    private static bool IsLostChild(TaskItem child) => IsLost(child) && !child.IsVerifier;

    private Outcome FailWith(TaskItem parent, TaskItem child, UInt128 token, Moment now)
    {
        Settle(parent, token, SettleVerb.Children);
        var error = ChildFailed(child);
        parent.Told.Error = error;
        EndAttempt(parent, AttemptRecord.Failed, error, success: null, now);
        Finish(parent, TaskState.Failed, now);
        return Answer(parent);
    }

    private static TaskError ChildFailed(TaskItem child)
    {
        var why = child.Error is { } error ? $": {error.Type}: {error.Message}" : ".";
        return new TaskError("child-failed", $"The child '{child.Id}' is {Words.Of(child.State)}{why}", Retryable: false);
    }

    /// <summary>The parent hears of its child's end, and the children of their parent's.</summary>
    private void TellFamily(TaskItem ended, ref int budget, Moment now)
    {
        if (!ended.State.IsFinal()) return;
        LeaveChildren(ended);
        if (ended.IsEndUntold) budget--;
        TellParent(ended, now);
    }

    private void TellParent(TaskItem ended, Moment now)
    {
        if (!ended.IsEndUntold) return;
        ended.IsEndUntold = false;
        if (ended.Parent is not { State: TaskState.Waiting, History: { } history } parent) return;
        if (history.Waits == WaitReason.Children) HearOfChild(parent, ended, now);
        else if (history.Waits == WaitReason.Verdict && history.VerifierId == ended.Id) HearVerdict(parent, ended, now);
    }

    private void HearOfChild(TaskItem parent, TaskItem ended, Moment now)
    {
        if (IsLostChild(ended)) HearOfFailure(parent, ended, now);
        else if (parent.Family!.Open == 0 && !parent.Family.Children.Exists(child => child.IsEndUntold && IsLostChild(child))) Resume(parent, now);
    }

    private void HearOfFailure(TaskItem parent, TaskItem child, Moment now)
    {
        parent.Told.Error = ChildFailed(child);
        if (parent.Body!.Policy.FailsWithChild) Finish(parent, TaskState.Failed, now);
        else Resume(parent, now);
    }

    /// <summary>The task is over: its children that are not are cancelled.</summary>
    private void LeaveChildren(TaskItem parent)
    {
        if (parent.Family is { Open: > 0 } family) _leavingChildren.Enqueue((parent, family.Children.Count));
    }

    private void CancelChildren(TaskItem parent, int next, ref int budget, Moment now)
    {
        if (!parent.State.IsFinal() || parent.Family is not { Children: var children }) return;
        // From the end: a child that is deleted between two steps moves only those that were asked already.
        for (next = Math.Min(next, children.Count); next > 0 && budget > 0; next--, budget--)
        {
            var child = children[next - 1];
            if (child.State.IsFinal() || child.CancelRequested) continue;
            child.Told.CancelledBy = parent.Id;
            RequestCancel(child, reason: null, now);
        }
        if (next > 0) _leavingChildren.Enqueue((parent, next));
    }
}
