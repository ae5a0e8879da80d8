using TaskPlatform.Api.Analytics;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>Why an owner is no more.</summary>
/// <param name="Reason">A sentence for operators.</param>
/// <param name="MayBeTakenAgain">Whether the next caller may take the queue over anew; otherwise a person has to look first.</param>
public sealed record OwnerEnd(string Reason, bool MayBeTakenAgain);

/// <summary>
/// The only writer of one queue. One loop takes commands from the mailbox, applies them as a batch, hands the changed records to the store, and
/// gives out what the queue's durability promises only after the store has acknowledged: nothing that was promised can be taken back by a crash.
/// </summary>
/// <remarks>
/// This file is what callers see; <c>Loop</c> applies commands, <c>Commit</c> hands changes to the store and tells what came of them, <c>Outage</c> keeps
/// the clock and says what is served while the store does not answer, <c>Wanted</c> reads back what memory has let go of,
/// <c>Views</c> does so for answers, <c>Analytics</c> measures, <c>End</c> is the end.
/// </remarks>
public sealed partial class QueueOwner : IQueueOwner, IAsyncDisposable
{
    private readonly Mailbox _mailbox = new();
    private readonly Wakeup _wakeup = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<OwnerEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskEngine _engine;
    private readonly CommitPipeline _pipeline;
    private readonly QueueServices _services;
    private readonly IQueueStore _store;
    private readonly OwnerClock _clock;
    private readonly QueueAnalytics _analytics;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lazy<Task> _disposal;
    private Task _loop = Task.CompletedTask;
    private volatile Durability _promised;
    private volatile OwnerEnd? _end;

    private QueueOwner(TaskEngine engine, CommitPipeline pipeline, IQueueStore store, QueueServices services, QueueAnalytics analytics)
    {
        (_engine, _pipeline, _store, _services, _analytics) = (engine, pipeline, store, services, analytics);
        (_clock, _logger) = (services.Clock, services.Logger);
        _gaps = services.Pulse?.Gaps ?? 0;
        (_promised, _number) = (engine.Settings.Durability, pipeline.Sequence);
        Events = new QueueEvents(pipeline.Epoch, pipeline.Sequence);
        _disposal = new Lazy<Task>(StopAsync);
        _timer = _clock.Time.CreateTimer(_ => _wakeup.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public string Queue => _store.Queue;

    /// <inheritdoc/>
    public QueueEvents Events { get; }

    /// <inheritdoc/>
    public string DurabilityHeader => _promised switch
    {
        Durability.Memory => "memory",
        Durability.Buffered => $"buffered; fsync={_services.Redis.Current.FsyncName}",
        _ => $"durable; fsync={_services.Redis.Current.FsyncName}",
    };

    /// <summary>Completes when the owner is no more.</summary>
    public Task<OwnerEnd> Ended => _ended.Task;

    /// <summary>Whether the store keeps the owner waiting.</summary>
    public bool IsStalled => _serves != Serves.Everything;

    /// <summary>How long the oldest batch that the store has not acknowledged has waited; zero when there is none.</summary>
    internal TimeSpan StoreWait => _pipeline.OldestUnacknowledged;

    /// <summary>How long ago the store last answered.</summary>
    internal TimeSpan StoreSilence => _pipeline.StoreSilence;

    /// <summary>Commands that wait.</summary>
    internal int MailboxCount => _mailbox.Count;

    /// <summary>The share of the mailbox that is taken, 0 to 1.</summary>
    internal double MailboxFill => _mailbox.Fill;

    /// <summary>Loads the queue that was just taken over, and starts to serve it.</summary>
    /// <exception cref="RecordException">A record cannot be trusted; the queue is not to be served.</exception>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    internal static async Task<QueueOwner> StartAsync(
        IQueueStore store, Takeover.Acquired takeover, QueueServices services, CancellationToken cancellationToken)
    {
        var pipeline = services.Pipeline(store, takeover);
        try
        {
            var engine = new TaskEngine(services.Limits, services.Chance.NewToken, services.Chance.Fraction, Occurrences.Next);
            var analytics = new QueueAnalytics(store.Queue);
            var loaded = await QueueLoader.LoadAsync(engine, analytics, store, takeover, services.Clock.Now, cancellationToken);
            analytics.Begin(loaded);
            // From there on leases run: if the process stands still before its loop does, that is to be noticed.
            var owner = new QueueOwner(engine, pipeline, store, services, analytics) { _wakesBy = loaded };
            owner._loop = services.Run(owner.RunAsync);
            owner._wakeup.Set();
            return owner;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<QueueReply> SendAsync(Command command, CancellationToken callerGone)
    {
        var envelope = new SingleEnvelope(command, callerGone);
        if (TryPost(envelope, _clock.Micros()) is { } refusal) throw refusal;
        _wakeup.Set();
        return envelope.Reply;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<GroupReply>> SendAllAsync(IReadOnlyList<Command> commands)
    {
        var group = new EnvelopeGroup(commands);
        var since = _clock.Micros();
        foreach (var envelope in group.Envelopes)
        {
            if (TryPost(envelope, since) is { } refusal) envelope.Fail(refusal);
        }
        _wakeup.Set();
        return group.Replies;
    }

    /// <returns>Why it is not taken; null: it is.</returns>
    private QueueUnavailableException? TryPost(Envelope envelope, long sinceMicros)
    {
        if (_end is { } end) return QueueUnavailableException.Because(end.Reason);
        if (!IsServed(envelope.Command)) return Stalled();
        if (envelope.Command.AddsTasks() && _promised != Durability.Memory && _services.Redis.Current.MemoryFull)
        {
            return new QueueUnavailableException(
                QueueUnavailableException.StoreFull, "Redis uses over 90 % of its memory: new tasks are taken again when some is free.", TimeSpan.FromSeconds(2));
        }
        envelope.SinceMicros = sinceMicros;
        return _mailbox.TryAdd(envelope) ? null
            : new QueueUnavailableException(QueueUnavailableException.QueueFull, $"{_mailbox.Count} calls wait for the queue.", Outage);
    }

    /// <summary>Answers what is under way, then gives the queue up so that anybody may take it at once.</summary>
    public ValueTask DisposeAsync() => new(_disposal.Value);

    private async Task StopAsync()
    {
        End(new OwnerEnd("The service is stopping.", MayBeTakenAgain: true));
        await _loop;
        await _timer.DisposeAsync();
        await _pipeline.DisposeAsync();
        _stopping.Dispose();
    }

    private static QueueUnavailableException Stalled()
        => QueueUnavailableException.Because("The store does not answer; what was asked may have happened or not. Repeat it.");

    private void End(OwnerEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is not null) return;
        _stopping.Cancel();
    }
}
