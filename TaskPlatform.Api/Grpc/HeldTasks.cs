using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Grpc;

/// <summary>What a stream's agent holds, to tell it of what happens to that without it.</summary>
/// <param name="agentId">The agent.</param>
/// <param name="tell">Told of a task, and why its lease is lost; null: it is asked to stop.</param>
internal sealed class HeldTasks(string agentId, Action<string, string?> tell) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private (IQueueOwner Owner, IDisposable Listener)? _listening;

    /// <summary>Hears of what this owner decides; a queue may have another one after an outage.</summary>
    public void ListenTo(IQueueOwner owner)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_listening?.Owner, owner)) return;
            _listening?.Listener.Dispose();
            _listening = (owner, owner.Events.ListenForAgent(agentId, Hear));
        }
    }

    /// <param name="id">A task that the agent holds from now on.</param>
    /// <param name="attempt">The number of its attempt; 0: not known.</param>
    public void Add(string id, int attempt)
    {
        lock (_lock) _attempts[id] = attempt;
    }

    /// <summary>The agent itself ends its grant.</summary>
    public void Remove(string id)
    {
        lock (_lock) _attempts.Remove(id);
    }

    public void Dispose()
    {
        lock (_lock) _listening?.Listener.Dispose();
    }

    private void Hear(QueueEvent happened)
    {
        var isCancel = happened.Kind == TaskEvent.CancelRequested;
        lock (_lock)
        {
            // The same task may have been granted anew by now: what is told is then of an earlier grant.
            if (!_attempts.TryGetValue(happened.TaskId, out var attempt) || (attempt > 0 && attempt != (happened.EndedAttempt ?? happened.Attempt))) return;
            if (!isCancel) _attempts.Remove(happened.TaskId);
        }
        // It waits because its agent set it aside.
        if (happened.Kind != TaskEvent.Waiting) tell(happened.TaskId, isCancel ? null : happened.Kind);
    }
}
