using System.Collections.Concurrent;
using TaskPlatform.Api.Store;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>The owners that live in this process. A queue is taken over when it is first asked for, or when the service starts.</summary>
internal sealed class QueueOwners(IQueueStores stores, QueueServices services, string instance, ILogger<QueueOwners> logger)
    : IQueueOwners, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<QueueOwner>>> _owners = new(StringComparer.Ordinal);

    /// <summary>Queues that a person has to look at before they are served again, and why.</summary>
    private readonly ConcurrentDictionary<string, string> _stopped = new(StringComparer.Ordinal);

    /// <summary>Queues that this process served until another owner took them, and that it does not serve yet again.</summary>
    private readonly ConcurrentDictionary<string, string> _lost = new(StringComparer.Ordinal);
    private volatile bool _disposed;

    /// <summary>Queues that are not served, and why.</summary>
    public IReadOnlyDictionary<string, string> Stopped => _stopped;

    /// <summary>Queues that were served here and are another owner's now, and why.</summary>
    public IReadOnlyDictionary<string, string> Lost => _lost;

    /// <summary>Owners that serve right now.</summary>
    public IEnumerable<QueueOwner> Serving
        => _owners.Values.Where(owner => owner is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }).Select(owner => owner.Value.Result);

    /// <summary>Called with each owner once it serves; must return at once.</summary>
    public Action<IQueueOwner>? Started { get; set; }

    /// <inheritdoc/>
    public async ValueTask<IQueueOwner> FindAsync(string queue, CancellationToken cancellationToken)
    {
        if (_stopped.TryGetValue(queue, out var reason)) throw QueueUnavailableException.Because(reason, TimeSpan.FromSeconds(60));
        if (_disposed) throw QueueUnavailableException.Because("The service is stopping.");
        // Not the caller's token: others may wait for the same takeover.
        var owner = _owners.GetOrAdd(queue, name => new Lazy<Task<QueueOwner>>(() => TakeOverApartAsync(name)));
        return await owner.Value.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IQueueOwner?> FindExistingAsync(string queue, CancellationToken cancellationToken)
    {
        var isKnown = _owners.ContainsKey(queue) || _stopped.ContainsKey(queue) || (await ListAsync(cancellationToken)).Contains(queue);
        return isKnown ? await FindAsync(queue, cancellationToken) : null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stored = await stores.ListQueuesAsync(cancellationToken);
            return [.. stored.Union(_stopped.Keys).Order(StringComparer.Ordinal)];
        }
        catch (StoreUnavailableException exception)
        {
            throw QueueUnavailableException.Because(exception.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await Task.WhenAll(Serving.ToList().Select(owner => owner.DisposeAsync().AsTask()));
    }

    // The owner outlives the call that it was first needed for: nothing that it logs later belongs to that call's trace.
    private Task<QueueOwner> TakeOverApartAsync(string queue)
    {
        using (ExecutionContext.SuppressFlow()) return services.Run(() => TakeOverAsync(queue));
    }

    private async Task<QueueOwner> TakeOverAsync(string queue)
    {
        try
        {
            var owner = await StartOwnerAsync(queue);
            _lost.TryRemove(queue, out _);
            _ = ForgetWhenEndedAsync(queue, owner);
            Started?.Invoke(owner);
            return owner;
        }
        catch (Exception exception)
        {
            _owners.TryRemove(queue, out _);
            throw exception switch
            {
                QueueUnavailableException => exception,
                StoreUnavailableException => QueueUnavailableException.Because(exception.Message),
                RecordException => Stop(queue, $"The queue is not served: {exception.Message}"),
                _ => Stop(queue, $"The queue could not be loaded: {exception.Message}", exception),
            };
        }
    }

    private async Task<QueueOwner> StartOwnerAsync(string queue)
    {
        if (services.Redis.Current.DurableRefusal is { } refusal) throw QueueUnavailableException.Because(refusal, TimeSpan.FromSeconds(60));
        var store = stores.For(queue);
        switch (await store.TakeOverAsync(instance, CancellationToken.None))
        {
            case Takeover.Acquired acquired:
                var owner = await QueueOwner.StartAsync(store, acquired, services, CancellationToken.None);
                Log.OwnerStarted(logger, queue, acquired.Owner.Epoch, acquired.Found.Sequence);
                return owner;
            case Takeover.Held held:
                throw QueueUnavailableException.Because($"The queue is served by '{held.Instance}'.", held.Remaining);
            case Takeover.Unreadable unreadable:
                throw Stop(queue, unreadable.Reason);
            case var other:
                throw new InvalidOperationException($"No rule for {other.GetType().Name}.");
        }
    }

    private QueueUnavailableException Stop(string queue, string reason, Exception? cause = null)
    {
        _stopped[queue] = reason;
        Log.QueueStopped(logger, queue, reason, cause);
        return QueueUnavailableException.Because(reason, TimeSpan.FromSeconds(60));
    }

    private async Task ForgetWhenEndedAsync(string queue, QueueOwner owner)
    {
        var end = await owner.Ended;
        if (!end.MayBeTakenAgain) Stop(queue, end.Reason);
        else if (!_disposed) _lost[queue] = end.Reason;
        _owners.TryRemove(queue, out _);
        await owner.DisposeAsync();
    }
}
