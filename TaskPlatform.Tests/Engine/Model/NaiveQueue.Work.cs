using System.Globalization;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>What goes through many tasks, and what makes tasks by itself.</summary>
internal sealed partial class NaiveQueue
{
    private Dictionary<string, NaiveOperation> _operations = [];
    private Dictionary<string, NaiveSchedule> _schedules = [];

    private string Bulk(Command.Bulk bulk)
    {
        if (!_operations.ContainsKey(bulk.OperationId)) _operations.Add(bulk.OperationId, new NaiveOperation(bulk) { Before = _lastOrder + 1 });
        return Describe(_operations[bulk.OperationId]);
    }

    private void RunOperations()
    {
        foreach (var operation in _operations.Values.Where(operation => !operation.IsDone))
        {
            Run(operation);
            Cascade();
        }
    }

    private void Run(NaiveOperation operation)
    {
        foreach (var task in Tasks.Reverse().Where(task => task.Order < operation.Before && Matches(task, operation.What.Filter)).ToList())
        {
            var applies = Applies(operation.What.Action, task);
            if (applies && operation.What is { Action: BulkAction.Retry, IsDryRun: false } && task.IsAway && !operation.Brought.Contains(task.Id))
            {
                operation.WantsRecords = true;
                operation.Brought = [.. Tasks.Where(IsLost).Select(other => other.Id)];
                return;
            }
            operation.Before = task.Order;
            operation.Matched++;
            if (!applies) continue;
            operation.Changed++;
            if (!operation.What.IsDryRun) Act(operation.What.OperationId, operation.What.Action, task);
        }
        operation.DoneUnixMs = Now.UnixMs;
    }

    private bool Applies(BulkAction action, NaiveTask task) => action switch
    {
        BulkAction.Cancel => !task.State.IsFinal() && !task.CancelRequested,
        BulkAction.Retry => IsLost(task) && !IsFullFor(1),
        _ => MayGo(task),
    };

    private void Act(string operation, BulkAction action, NaiveTask task)
    {
        if (action == BulkAction.Cancel) RequestCancel(task, $"Bulk operation {operation}.");
        else if (action == BulkAction.Retry) Revive(task);
        else Forget(task);
    }

    private static string Describe(NaiveOperation operation)
        => $"{(operation.IsDone ? "done" : "runs")} matched={operation.Matched} changed={operation.Changed}";

    private string PutSchedule(Command.PutSchedule put)
    {
        var next = EngineRig.NextOccurrence(put.Spec, Now.UnixMs);
        _schedules[put.Name] = _schedules.TryGetValue(put.Name, out var before)
            ? before with { Spec = put.Spec, Next = next, Latest = next }
            : new NaiveSchedule(put.Spec, next, next, null, 0);
        return Describe(put.Name);
    }

    private string DescribeSchedules() => string.Join(' ', _schedules.Keys.Order(StringComparer.Ordinal).Select(Describe));

    private string Describe(string name)
        => _schedules[name] is var schedule ? $"{name} made={schedule.Made} last={schedule.Last ?? "none"}" : "";

    private void RunSchedules()
    {
        foreach (var (name, schedule) in _schedules.OrderBy(pair => pair.Value.Next).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToList())
        {
            if (!(schedule.Next <= Now.UnixMs)) continue;
            var due = schedule.Next!.Value;
            var next = EngineRig.NextOccurrence(schedule.Spec, due);
            while (next <= Now.UnixMs) (due, next) = (next.Value, EngineRig.NextOccurrence(schedule.Spec, next.Value));
            _schedules[name] = schedule with { Next = next, Latest = next > schedule.Latest ? next : schedule.Latest };
            Make(name, $"{name}.{DateTimeOffset.FromUnixTimeMilliseconds(due).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}");
        }
    }

    /// <summary>When the clock was set back a schedule's times may come again: the ids of its tasks see to it that none is made twice.</summary>
    /// <returns>Whether the time that the engine has for the schedule may be its next.</returns>
    public bool Adopt(string name, long? next)
    {
        var schedule = _schedules[name];
        if (next != schedule.Next && next != schedule.Latest && next != EngineRig.NextOccurrence(schedule.Spec, Now.UnixMs)) return false;
        _schedules[name] = schedule with { Next = next };
        return true;
    }

    private void Make(string name, string id)
    {
        var schedule = _schedules[name];
        if (_tasks.ContainsKey(id) || _tombstones.ContainsKey(id)) return;
        var last = schedule.Last is { } lastId && _tasks.TryGetValue(lastId, out var there) && !there.State.IsFinal() ? there : null;
        if ((last is not null && schedule.Spec.Overlap == Overlap.Skip) || IsFullFor(1) || Winner(schedule.Spec.Task) is not null) return;
        if (last is not null && schedule.Spec.Overlap == Overlap.Replace) RequestCancel(last, $"Replaced by {id}.");
        var edges = last is null ? schedule.Spec.Task.DependsOn : [new DependencyEdge(last.Id, EdgeKind.Finish)];
        Place(Create(schedule.Spec.Task with { Id = id, DependsOn = edges }, null, null));
        _schedules[name] = schedule with { Made = schedule.Made + 1, Last = id };
    }

    private string Why(Command.Why why) => _tasks.TryGetValue(why.TaskId, out var task) ? Reason(task) : NoTask(why.TaskId);

    private string Reason(NaiveTask task) => task.State switch
    {
        TaskState.Blocked => WhyReason.Blocked,
        TaskState.Scheduled => WhyReason.Scheduled,
        TaskState.Waiting => task.Waits == WaitReason.Budget ? WhyReason.Budget : WhyReason.Waiting,
        TaskState.Assigned or TaskState.InProgress => WhyReason.Running,
        TaskState.Pending => HoldOf(task) ?? (IsExhausted(task) || IsSetAsideForOthers(task) ? $"{WhyReason.Budget} or {WhyReason.Ready} or {WhyReason.NoAgent}" : ReadyOrNot(task)),
        _ => WhyReason.Finished,
    };

    /// <summary>Which of the agents that are known are there, and what they list in their claims, is the engine's to say.</summary>
    private string ReadyOrNot(NaiveTask task)
    {
        var isKnown = _agents.Any(pair => !pair.Value.IsDraining && (!pair.Value.IsRegistered || MayTake(pair.Value, AnyTask with { AgentId = pair.Key }, task)));
        return isKnown ? $"{WhyReason.Ready} or {WhyReason.NoAgent}" : WhyReason.NoAgent;
    }

    private static readonly Command.Claim AnyTask = new("", null, null, 1, 0, null, null);
}
