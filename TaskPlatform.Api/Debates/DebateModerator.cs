using System.Collections.Concurrent;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Debates;

/// <summary>
/// The agent within this service that moves debates on. It claims their tasks as any agent claims its own, in a queue that has an unfinished debate and as
/// long as it has one. It keeps nothing: a service that dies in the middle leaves a task whose lease the next one finds.
/// </summary>
internal sealed class DebateModerator : BackgroundService
{
    private const string ClaimId = "moderator";
    private const long WaitMs = 5_000;
    private const long LeaseMs = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<QueueOwner, Attention> _attended = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private readonly ILogger<DebateModerator> _logger;

    public DebateModerator(QueueOwners owners, TimeProvider time, ILogger<DebateModerator> logger)
    {
        (_time, _logger) = (time, logger);
        owners.Started = Attend;
    }

    /// <summary>The queue may have a debate: it is looked after until it has none.</summary>
    public void Attend(IQueueOwner owner)
    {
        var attention = _attended.GetOrAdd((QueueOwner)owner, Begin);
        if (attention.Ask()) attention.Loop = Task.Run(() => LookAfterAsync(attention), CancellationToken.None);
    }

    /// <summary>An owner that has ended is forgotten: it holds all of its queue's memory.</summary>
    private Attention Begin(QueueOwner owner)
    {
        owner.Ended.ContinueWith(_ => _attended.TryRemove(owner, out Attention? _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return new Attention(new DebateQueue(owner), owner.Ended);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_attended.Values.Select(attention => attention.Loop)).WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _stopping.Dispose();
        base.Dispose();
    }

    private async Task LookAfterAsync(Attention attention)
    {
        try
        {
            while (!attention.Ended.IsCompleted && await HasMoreAsync(attention)) await ClaimSafelyAsync(attention);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The service stops; the next one goes on.
        }
    }

    /// <summary>Whether there is a debate, or somebody said meanwhile that there may be.</summary>
    private async Task<bool> HasMoreAsync(Attention attention)
    {
        var asked = attention.Asked;
        try
        {
            return await attention.Queue.HasOpenAsync(_stopping.Token) || !attention.TryRest(asked);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await PauseAsync(attention, exception);
            return true;
        }
    }

    private async Task ClaimSafelyAsync(Attention attention)
    {
        try
        {
            attention.IsRegistered = (attention.IsRegistered || await RegisterAsync(attention)) && await ClaimAsync(attention.Queue);
            // The queue has no room for one agent more, or has forgotten this one.
            if (!attention.IsRegistered) await Task.Delay(Pause, _time, _stopping.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await PauseAsync(attention, exception);
        }
    }

    /// <summary>Whatever went wrong, debates are looked after as long as their queue is served.</summary>
    private Task PauseAsync(Attention attention, Exception exception)
    {
        if (exception is not QueueUnavailableException) Log.ModeratorBroke(_logger, attention.Queue.Owner.Queue, exception);
        return Task.Delay(Pause, _time, _stopping.Token);
    }

    /// <summary>It can do nothing: so it is handed only what is meant for it alone.</summary>
    private async Task<bool> RegisterAsync(Attention attention)
        => await attention.Queue.AskAsync(new Command.RegisterAgent(DebateTasks.Moderator, [], MaxConcurrency: 1), _stopping.Token) is not Outcome.Refused;

    /// <returns>Whether the queue still knows who it is.</returns>
    private async Task<bool> ClaimAsync(DebateQueue queue)
    {
        var moderation = new Moderation(queue, _time);
        // Repeated under the same id, it brings back what an answer that was lost, or an earlier run of the service, had granted.
        var claim = new Command.Claim(DebateTasks.Moderator, InstanceId: null, Types: null, Max: 1, WaitMs, LeaseMs, ClaimId, IsOfRegistered: true);
        if (await queue.AskAsync(claim, _stopping.Token) is not Outcome.Claimed claimed) return false;
        if (claimed.Grants is [var granted, ..]) await MoveOnAsync(moderation, queue, granted);
        else await moderation.GiveUpForsakenAsync(_stopping.Token);
        return true;
    }

    /// <summary>A debate that the rules break on must not keep the others: it fails, and says so.</summary>
    private async Task MoveOnAsync(Moderation moderation, DebateQueue queue, TaskView granted)
    {
        try
        {
            await moderation.MoveOnAsync(granted, _stopping.Token);
        }
        catch (Exception exception) when (exception is not (QueueUnavailableException or OperationCanceledException))
        {
            Log.DebateBroke(_logger, queue.Owner.Queue, granted.Task.Id, exception);
            var error = new TaskError("moderator-failed", exception.Message, Retryable: false);
            await queue.AskAsync(new Command.Fail(granted.Task.Id, granted.Task.Lease!.Token, error, RetryAfterMs: null), _stopping.Token);
        }
    }

    /// <summary>That a queue is looked after, and how often that was asked for: a loop rests only if nobody asked since it looked.</summary>
    private sealed class Attention(DebateQueue queue, Task ended)
    {
        private readonly Lock _lock = new();
        private bool _isLooking;

        public DebateQueue Queue => queue;

        public Task Ended => ended;

        public Task Loop { get; set; } = Task.CompletedTask;

        public int Asked { get; private set; }

        public bool IsRegistered { get; set; }

        /// <returns>Whether a loop is to be begun.</returns>
        public bool Ask()
        {
            lock (_lock)
            {
                Asked++;
                return !_isLooking && (_isLooking = true);
            }
        }

        /// <returns>Whether nobody asked since.</returns>
        public bool TryRest(int asked)
        {
            lock (_lock)
            {
                if (asked != Asked) return false;
                _isLooking = false;
                return true;
            }
        }
    }
}
