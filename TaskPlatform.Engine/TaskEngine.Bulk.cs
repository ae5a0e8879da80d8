namespace TaskPlatform.Engine;

/// <summary>The same for every task that matches, in steps.</summary>
public sealed partial class TaskEngine
{
    /// <summary>Records that one step asks for before it waits for them.</summary>
    private const int WantedMost = 1_000;

    private readonly Dictionary<string, OperationItem> _operations = [];
    private readonly PriorityQueue<string, long> _operationsByExpiry = new();

    private Outcome Bulk(Command.Bulk bulk, Moment now)
    {
        if (_operations.TryGetValue(bulk.OperationId, out var known)) return new Outcome.OperationAnswer(known);
        if (_operations.Count >= limits.Operations)
            return Refuse(Refusal.QueueFull, $"The queue remembers {limits.Operations} bulk operations, the most there may be. Each is kept for a day.");
        var operation = new OperationItem(bulk.OperationId, bulk.Action, bulk.Filter, bulk.IsDryRun) { CreatedUnixMs = now.UnixMs, Before = _lastOrder + 1 };
        Note(operation);
        _running.Enqueue(operation.Id);
        return new Outcome.OperationAnswer(operation);
    }

    private Outcome GetOperation(Command.GetOperation get) => _operations.TryGetValue(get.OperationId, out var operation)
        ? new Outcome.OperationAnswer(operation)
        : Refuse(Refusal.OperationNotFound, $"The queue knows no operation '{get.OperationId}'. Each is kept for a day after its end.");

    private void Note(OperationItem operation)
    {
        _operations[operation.Id] = operation;
        MarkDirty(operation);
    }

    private void RunOperation(OperationItem operation, ref int budget, Moment now)
    {
        var row = _table.RowBefore(operation.Before);
        long most = limits.StepRows;
        while (budget > 0 && _table.Find(operation.Filter, ref row, ref most) is { } task)
        {
            budget--;
            if (NeedsRecords(operation, task))
            {
                AwaitRecords(operation, task, row, most);
                return;
            }
            operation = operation with { Before = task.Order, Matched = operation.Matched + 1, Changed = operation.Changed + (Carry(operation, task, now) ? 1 : 0) };
            // What is deleted may move the rows.
            if (operation.Action == BulkAction.Delete) row = _table.RowBefore(operation.Before);
        }
        // A step may end before the search does: between two steps the queue does other things.
        if (budget > 0 && _table.OrderBehind(row) is { } next) operation = operation with { Before = Math.Min(operation.Before, next) };
        else if (budget > 0) operation = operation with { FinishedUnixMs = now.UnixMs };
        Note(operation);
        if (operation.FinishedUnixMs is null) _running.Enqueue(operation.Id);
        else ExpectToForget(operation);
        if (most <= 0) budget = 0;
    }

    private static bool NeedsRecords(OperationItem operation, TaskItem task)
        => operation is { Action: BulkAction.Retry, IsDryRun: false } && task.IsPartlyInStore && IsLost(task);

    /// <summary>Asks for this task's records and for those of the next ones, and goes on from here when they come.</summary>
    private void AwaitRecords(OperationItem operation, TaskItem task, int row, long most)
    {
        Want(task);
        for (var wanted = 1; wanted < WantedMost && _table.Find(operation.Filter, ref row, ref most) is { } next; wanted++)
        {
            if (NeedsRecords(operation, next)) Want(next);
        }
        Note(operation);
        _operationsLater.Add(operation.Id);
    }

    /// <returns>Whether it changes the task, or with a dry run would.</returns>
    private bool Carry(OperationItem operation, TaskItem task, Moment now)
    {
        var applies = operation.Action switch
        {
            BulkAction.Cancel => !task.State.IsFinal() && !task.CancelRequested,
            BulkAction.Retry => IsLost(task) && !IsFullFor(1),
            _ => task.State.IsFinal() && !IsNeeded(task),
        };
        if (!applies || operation.IsDryRun) return applies;
        switch (operation.Action)
        {
            case BulkAction.Cancel: RequestCancel(task, $"Bulk operation {operation.Id}.", now); break;
            case BulkAction.Retry: TryAnew(task, now); break;
            default: Delete(task, now); break;
        }
        return true;
    }

    private void ExpectToForget(OperationItem operation)
    {
        if (operation.FinishedUnixMs is { } finished) _operationsByExpiry.Enqueue(operation.Id, finished + limits.OperationMs);
    }

    private void ForgetOperations(Moment now)
    {
        while (_operationsByExpiry.TryPeek(out var id, out var due) && due <= now.UnixMs)
        {
            _operationsByExpiry.Dequeue();
            if (_operations.Remove(id)) Forget(RecordKind.Operation, id);
        }
    }
}
