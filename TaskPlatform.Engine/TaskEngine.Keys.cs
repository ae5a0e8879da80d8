namespace TaskPlatform.Engine;

/// <summary>Requests that were made before.</summary>
public sealed partial class TaskEngine
{
    private readonly Dictionary<string, IdempotencyEntry> _keys = [];
    private readonly PriorityQueue<string, long> _keysByExpiry = new();

    private IdempotencyEntry? Known(Command command) => command.Key is { } key ? _keys.GetValueOrDefault(key.Key) : null;

    private static Refusal? Mismatch(Command command, IdempotencyEntry known)
        => known.Fingerprint == command.Key!.Fingerprint
            ? null
            : Refusal.Of(Refusal.IdempotencyMismatch, $"The idempotency key '{known.Key}' was used for another request.");

    /// <summary>
    /// The answer to a request that was carried out before, from what has become of it. Null where carrying it out again is right: a
    /// lease token says itself what its call has come to, and what is there no more is made anew.
    /// </summary>
    private Outcome? AnswerAgain(Command command, IdempotencyEntry known, Moment now) => command switch
    {
        Command.Submit or Command.Cancel or Command.Retry or Command.Answer => AnswerTask(known.TargetId),
        Command.SubmitGraph or Command.CancelGraph => known.TargetId is { } id && _graphs.TryGetValue(id, out var graph) ? Answer(graph, now) : null,
        Command.Bulk => known.TargetId is { } id && _operations.TryGetValue(id, out var operation) ? new Outcome.OperationAnswer(operation) : null,
        Command.Claim claim => Standing(claim, now) is { IsEmpty: false } standing ? new Outcome.Claimed(standing) : Outcome.Claimed.Nothing,
        Command.DrainAgent drain => _agents.TryGetValue(drain.AgentId, out var agent) ? new Outcome.AgentList([agent.Snapshot()]) : null,
        Command.Pause or Command.Resume => GetQueue(),
        _ => null,
    };

    /// <summary>A task that was deleted since is not made a second time under the key that made it.</summary>
    private Outcome? AnswerTask(string? id)
    {
        if (id is null) return null;
        if (_tasks.TryGetValue(id, out var task)) return Answer(task);
        return RefusePurged(id) is { } purged ? new Outcome.Refused(purged) : null;
    }

    /// <summary>
    /// A key that cannot be remembered cannot be honoured. Only what would do harm when repeated is refused: the rest may be carried out twice,
    /// and no flood of submits may cost an agent its lease.
    /// </summary>
    private Outcome? RefuseKey(Command command)
        => _keys.Count >= limits.IdempotencyKeys && command is Command.Submit or Command.SubmitGraph or Command.Claim or Command.Bulk
            ? Refuse(Refusal.QueueFull, $"{limits.IdempotencyKeys} idempotency keys are remembered, the most there may be. Each is kept for 24 hours.")
            : null;

    private void Remember(Command command, Outcome outcome, Moment now)
    {
        if (command.Key is not { } key || !IsDone(outcome) || _keys.ContainsKey(key.Key) || _keys.Count >= limits.IdempotencyKeys) return;
        var entry = new IdempotencyEntry(key.Key, key.Fingerprint, TargetOf(command, outcome), now.UnixMs + limits.IdempotencyMs);
        AddKey(entry);
        MarkDirty(entry);
    }

    /// <summary>A claim that got nothing was not carried out, so that it may be tried again under its key.</summary>
    private static bool IsDone(Outcome outcome) => outcome switch
    {
        Outcome.Refused or Outcome.Parked => false,
        Outcome.Claimed claimed => !claimed.Grants.IsEmpty,
        _ => true,
    };

    private void AddKey(IdempotencyEntry entry)
    {
        _keys[entry.Key] = entry;
        _keysByExpiry.Enqueue(entry.Key, entry.ExpiresUnixMs);
    }

    private static string? TargetOf(Command command, Outcome outcome) => outcome switch
    {
        Outcome.Noted => (command as Command.Submit)?.Task.Id,
        Outcome.TaskAnswer answer => answer.View.Task.Id,
        Outcome.OperationAnswer answer => answer.Operation.Id,
        Outcome.GraphAnswer answer => answer.View.Id,
        _ => null,
    };

    private void ForgetKeys(Moment now)
    {
        var budget = limits.StepTasks;
        while (budget-- > 0 && _keysByExpiry.TryPeek(out var key, out var expires) && expires <= now.UnixMs)
        {
            _keysByExpiry.Dequeue();
            _keys.Remove(key);
            Forget(RecordKind.Key, key);
        }
    }
}
