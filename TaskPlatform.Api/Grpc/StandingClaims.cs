using TaskPlatform.Api.Endpoints.Requests;

namespace TaskPlatform.Api.Grpc;

/// <summary>
/// An agent's credit as claims that stand at the queue. There are several, each for its share: while one's grants are being stored another is there for what
/// comes in, so that a task which meets a free agent is leased in the batch that stores it.
/// </summary>
/// <param name="claim">Claims up to so many and hands them over; gives how many there were, null when no more are wanted. Does not throw.</param>
internal sealed class StandingClaims(Func<int, Task<int?>> claim)
{
    private const int Most = 3;

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _credit;
    private int _standing;
    private bool _isStopped;

    /// <summary>So many tasks more are wanted.</summary>
    public void Add(int credit)
    {
        lock (_lock) _credit = Math.Min(_credit + credit, RequestLimits.Concurrency);
        Stand();
    }

    /// <summary>No more are wanted. Completes when the last claim is answered; to be told to go is theirs.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _isStopped = true;
            if (_standing == 0) _gone.TrySetResult();
        }
        return _gone.Task;
    }

    private void Stand()
    {
        while (Take() is > 0 and var share) _ = StandAsync(share);
    }

    private int Take()
    {
        lock (_lock)
        {
            var free = Most - _standing;
            if (_isStopped || free == 0 || _credit == 0) return 0;
            var share = Math.Min((_credit + free - 1) / free, RequestLimits.ClaimTasks);
            _credit -= share;
            _standing++;
            return share;
        }
    }

    private async Task StandAsync(int share)
    {
        var granted = await claim(share);
        lock (_lock)
        {
            _standing--;
            _credit += share - (granted ?? 0);
            _isStopped |= granted is null;
            if (_isStopped && _standing == 0) _gone.TrySetResult();
        }
        Stand();
    }
}
