using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Tells how the resources are, and waits until they are as wanted.</summary>
public class ResourceNotificationService
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _latest = [];
    private readonly List<Channel<ResourceEvent>> _watchers = [];

    internal ResourceNotificationService() { }

    /// <summary>Waits until a replica is in a state; <c>Running</c> when none is named.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits until a replica is in one of the states, and says which.</summary>
    public async Task<string> WaitForResourceAsync(
        string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var wanted = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var found = await WaitForResourceAsync(resourceName, e => e.Snapshot.State is { } state && wanted.Contains(state.Text), cancellationToken);
        return found.Snapshot.State!.Text;
    }

    /// <summary>Waits until a replica is as <paramref name="predicate"/> wants it.</summary>
    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var change in WatchAsync(cancellationToken))
            if (string.Equals(change.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(change)) return change;
        throw new OperationCanceledException($"The application stopped before '{resourceName}' was as awaited.");
    }

    /// <summary>Waits until a replica runs and is healthy.</summary>
    /// <exception cref="DistributedApplicationException">It ended, or could not start.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default)
    {
        var change = await WaitForResourceAsync(resourceName, e => e.IsHealthy || e.HasEnded, cancellationToken);
        return change.IsHealthy ? change : throw Ended(change);
    }

    /// <summary>Every replica as it is now, then every change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>();
        lock (_lock)
        {
            foreach (var known in _latest.Values) channel.Writer.TryWrite(known);
            _watchers.Add(channel);
        }
        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken)) yield return change;
        }
        finally
        {
            lock (_lock) _watchers.Remove(channel);
        }
    }

    internal void Publish(ResourceEvent change)
    {
        lock (_lock)
        {
            _latest[change.ResourceId] = change;
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(change);
        }
    }

    internal static DistributedApplicationException Ended(ResourceEvent change) => new(
        $"'{change.Resource.Name}' is {change.Snapshot.State!.Text}"
        + (change.Snapshot.ExitCode is { } code ? $" with exit code {code}." : ". Its log says why."));
}
