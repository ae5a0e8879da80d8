namespace TaskPlatform.Federation.Rounds;

/// <summary>Wakes all who wait for something to change; they then look for themselves. Look, wait and <see cref="Set"/> under one lock, and no change is missed.</summary>
/// <param name="gate">The lock under which what changes is looked at.</param>
/// <param name="time">The clock.</param>
internal sealed class ChangeSignal(Lock gate, TimeProvider time)
{
    private TaskCompletionSource _changed = New();

    /// <summary>Something has changed. To be called under the lock.</summary>
    public void Set()
    {
        _changed.TrySetResult();
        _changed = New();
    }

    /// <summary>What is looked for, as soon as it is there; null when it is not for so long.</summary>
    /// <param name="look">Looks, under the lock.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    public async Task<T?> WaitForAsync<T>(Func<T?> look, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            Task changed;
            lock (gate)
            {
                if (look() is { } found) return found;
                changed = _changed.Task;
            }
            var left = patience - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !await CompletesAsync(changed, left, time, cancellationToken)) return default;
        }
    }

    /// <summary>Whether a task completes in time.</summary>
    public static async Task<bool> CompletesAsync(Task task, TimeSpan within, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(within, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Whoever is woken goes on elsewhere, not in the middle of the change.</summary>
    public static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
