namespace TaskPlatform.Engine;

/// <summary>Requests that were made before.</summary>
public sealed partial class TaskEngine
{
    private readonly Dictionary<string, IdempotencyEntry> _keys = [];
    private readonly PriorityQueue<string, long> _keysByExpiry = new();
    private List<IdempotencyEntry> _newKeys = [];
    private List<string> _forgottenKeys = [];

    private IdempotencyEntry? Known(Command command) => command.Key is { } key ? _keys.GetValueOrDefault(key.Key) : null;

    private Refusal? Mismatch(Command command)
        => Known(command) is { } known && known.Fingerprint != command.Key!.Fingerprint
            ? Refusal.Of(Refusal.IdempotencyMismatch, $"The idempotency key '{known.Key}' was used for another request.")
            : null;

    private void Remember(Command command, Outcome outcome, Moment now)
    {
        if (command.Key is not { } key || outcome is Outcome.Refused || _keys.ContainsKey(key.Key)) return;
        var entry = new IdempotencyEntry(key.Key, key.Fingerprint, TargetOf(outcome), now.UnixMs + limits.IdempotencyMs);
        AddKey(entry);
        _newKeys.Add(entry);
    }

    private void AddKey(IdempotencyEntry entry)
    {
        _keys[entry.Key] = entry;
        _keysByExpiry.Enqueue(entry.Key, entry.ExpiresUnixMs);
    }

    private static string? TargetOf(Outcome outcome) => outcome switch
    {
        Outcome.TaskAnswer answer => answer.View.Task.Id,
        Outcome.GraphAnswer answer => answer.View.Id,
        _ => null,
    };

    private void ForgetKeys(Moment now)
    {
        while (_keysByExpiry.TryPeek(out var key, out var expires) && (expires <= now.UnixMs || _keys.Count > limits.IdempotencyKeys))
        {
            _keysByExpiry.Dequeue();
            _keys.Remove(key);
            _forgottenKeys.Add(key);
        }
    }

    private List<IdempotencyEntry> TakeNewKeys()
    {
        var keys = _newKeys;
        if (keys.Count > 0) _newKeys = [];
        return keys;
    }

    private List<string> TakeForgottenKeys()
    {
        var keys = _forgottenKeys;
        if (keys.Count > 0) _forgottenKeys = [];
        return keys;
    }
}
