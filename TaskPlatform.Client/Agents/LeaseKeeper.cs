using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client.Agents;

/// <summary>Why a handler was told to stop.</summary>
internal enum StopReason
{
    None,
    CancelRequested,
    ShuttingDown,
    /// <summary>The lease could not be renewed in time: somebody else may have the task, or the service is away.</summary>
    LeaseRanOut,
    /// <summary>The service said that the grant has ended.</summary>
    LeaseLost,
    /// <summary>The handler itself ended the grant: the task waits for its children or an answer.</summary>
    Waiting,
}

/// <summary>
/// Keeps one lease apart from the handler: beats when a third of it has passed, and stops the handler when the lease is gone, a cancel is
/// asked or the agent stops. The lease's end is counted on the monotonic clock, from before each beat was sent.
/// </summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly IAgentLink _link;
    private readonly TimeProvider _time;
    private readonly string _taskId;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _handlerStop = new();
    private readonly CancellationTokenSource _beatStop = new();
    private readonly ITimer _end;
    private readonly IDisposable _hold;
    private readonly long _origin;
    private TimeSpan _endsAt; // since _origin
    private int _pauses; // calls under way that may end the grant
    private Task _beating = Task.CompletedTask;

    private LeaseKeeper(IAgentLink link, TimeProvider time, TaskInfo task, LeaseInfo lease)
    {
        (_link, _time, _taskId) = (link, time, task.Id);
        LeaseToken = lease.Token;
        _origin = time.GetTimestamp();
        Length = TimeSpan.FromSeconds(lease.ExpiresInSeconds);
        _endsAt = Length;
        _hold = link.Hold(task.Id, lease.Token, Hear);
        _end = time.CreateTimer(_ => OnEnd(), null, Length, Timeout.InfiniteTimeSpan);
    }

    public string LeaseToken { get; }

    /// <summary>For the handler.</summary>
    public CancellationToken HandlerStop => _handlerStop.Token;

    public StopReason Reason { get; private set; }

    /// <summary>How long the lease was when it was last granted or renewed.</summary>
    public TimeSpan Length { get; private set; }

    /// <summary>How long the lease certainly holds from now; not below zero.</summary>
    public TimeSpan Left
    {
        get
        {
            lock (_lock) return Max(_endsAt - Now, TimeSpan.Zero);
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    public static LeaseKeeper Start(IAgentLink link, TimeProvider time, TaskInfo task, LeaseInfo lease)
    {
        var keeper = new LeaseKeeper(link, time, task, lease);
        keeper._beating = keeper.BeatAsync(keeper._beatStop.Token);
        return keeper;
    }

    /// <summary>Sends a beat with what the handler reports, and applies what comes back.</summary>
    public async Task<Answer<HeartbeatReply>> SendAsync(HeartbeatRequest report, CancellationToken cancellationToken)
    {
        var sentAt = Now;
        // Not until the lease is over: what a third of it could not settle, the next beat hears anew, and in time.
        var answer = await _link.HeartbeatAsync(
            _taskId, report with { LeaseToken = LeaseToken }, retryFor: Min(Left, Length / 3), attemptTimeout: Length / 3, cancellationToken);
        if (answer.Value is { } reply) Renew(sentAt, reply);
        else if (answer.Failure is { ProblemType: ProblemTypes.QueueUnavailable }) Hold();
        // While the handler sets its task aside, a beat may come too late: only that call's own answer says how the grant ended.
        else if (answer.Failure is { } failure && EndsLease(failure) && Volatile.Read(ref _pauses) == 0) Stop(StopReason.LeaseLost);
        return answer;
    }

    /// <summary>Makes a call after which the task may wait; the lease has then ended, and the handler is stopped.</summary>
    /// <param name="call">Given for how long it may be repeated.</param>
    /// <exception cref="GrantEndedException">The task has left its agent.</exception>
    /// <exception cref="TaskPlatformException">It was refused, or may not have happened.</exception>
    public async Task<TaskInfo> SetAsideAsync(Func<TimeSpan, Task<Answer<TaskInfo>>> call)
    {
        Interlocked.Increment(ref _pauses);
        try
        {
            // The service gives running leases their full time again after it was away, so one more length is worth trying.
            var answer = await call(Left + Length);
            if (answer.Failure?.ProblemType is ProblemTypes.LeaseLost or ProblemTypes.TaskFinished or ProblemTypes.TaskPurged)
                throw End(StopReason.LeaseLost, "The lease is lost.");
            var task = answer.OrThrow();
            if (task.State is TaskState.Assigned or TaskState.InProgress) return task;
            throw End(StopReason.Waiting, $"Task '{task.Id}' is {task.State} now: its agent's grant has ended.");
        }
        finally
        {
            Interlocked.Decrement(ref _pauses);
        }
    }

    /// <summary>Tells the handler to stop. What is certain about the lease replaces what was only asked.</summary>
    public void Stop(StopReason reason)
    {
        lock (_lock)
        {
            if (reason > Reason) Reason = reason;
        }
        // Callbacks are the handler's code: they must not hold up the beat or the timer.
        _ = _handlerStop.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _hold.Dispose();
        await _beatStop.CancelAsync();
        await _beating;
        await _end.DisposeAsync();
        _beatStop.Dispose();
        // _handlerStop is left to the collector: a handler that was left behind may still look at its token.
    }

    // While the handler sets its task aside, only that call's own answer says how the grant ended.
    private void Hear(StopReason reason)
    {
        if (reason != StopReason.LeaseLost || Volatile.Read(ref _pauses) == 0) Stop(reason);
    }

    private GrantEndedException End(StopReason reason, string message)
    {
        Stop(reason);
        return new GrantEndedException(message, HandlerStop);
    }

    private static bool EndsLease(TaskPlatformException failure) => failure.Status
        is System.Net.HttpStatusCode.Conflict or System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.Gone;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private async Task BeatAsync(CancellationToken stop)
    {
        try
        {
            while (Reason < StopReason.LeaseRanOut)
            {
                // Reports of the handler renew the lease too, so the next beat may have moved while this one was awaited.
                for (var pause = Left - (Length * 2 / 3); pause > TimeSpan.Zero; pause = Left - (Length * 2 / 3))
                    await Task.Delay(pause, _time, stop);
                var answer = await SendAsync(new HeartbeatRequest(), stop);
                if (answer.Failure is not null) await Task.Delay(Length / 6, _time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The task is settled.
        }
    }

    private void Renew(TimeSpan sentAt, HeartbeatReply reply)
    {
        lock (_lock)
        {
            Length = TimeSpan.FromSeconds(reply.ExpiresInSeconds);
            _endsAt = Max(_endsAt, sentAt + Length);
            _end.Change(Max(_endsAt - Now, TimeSpan.Zero), Timeout.InfiniteTimeSpan);
        }
        if (reply.CancelRequested) Stop(StopReason.CancelRequested);
    }

    /// <summary>
    /// The service says that it cannot reach its store. No lease ends while that lasts, and each gets its full time again afterwards, so the
    /// handler may go on: stopping it would throw work away that still counts.
    /// </summary>
    private void Hold()
    {
        lock (_lock)
        {
            _endsAt = Max(_endsAt, Now + Length);
            _end.Change(Length, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnEnd()
    {
        var left = Left;
        if (left == TimeSpan.Zero) Stop(StopReason.LeaseRanOut);
        else _end.Change(left, Timeout.InfiniteTimeSpan); // renewed meanwhile, or a timer that is coarser than the clock
    }
}
