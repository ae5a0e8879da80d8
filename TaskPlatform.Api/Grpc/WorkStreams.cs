using System.Collections.Concurrent;

namespace TaskPlatform.Api.Grpc;

/// <summary>The agents that have a stream here. One stream works for an instance at a time: whoever comes back before its old stream was missed ends that one.</summary>
internal sealed class WorkStreams
{
    private readonly ConcurrentDictionary<(string Queue, string Agent, string Instance), Place> _places = new();

    /// <summary>Takes the instance's place, when the stream that had it has ended.</summary>
    public async Task<Place> EnterAsync(string queue, string agentId, string instanceId, CancellationToken gone)
    {
        var place = new Place(this, (queue, agentId, instanceId), gone);
        while (!_places.TryAdd(place.Key, place))
        {
            if (!_places.TryGetValue(place.Key, out var earlier)) continue;
            await earlier.EndAsync().WaitAsync(gone);
        }
        return place;
    }

    /// <summary>A stream's place.</summary>
    internal sealed class Place(WorkStreams streams, (string Queue, string Agent, string Instance) key, CancellationToken gone) : IDisposable
    {
        private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(gone);
        private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public (string Queue, string Agent, string Instance) Key => key;

        /// <summary>Set when the stream is to end: its caller is gone, or has come back with another.</summary>
        public CancellationToken Ended => _end.Token;

        public async Task EndAsync()
        {
            await _end.CancelAsync();
            await _left.Task;
        }

        public void Dispose()
        {
            streams._places.TryRemove(KeyValuePair.Create(key, this));
            _left.TrySetResult();
            // _end is left to the collector: whoever comes back may be about to cancel it.
        }
    }
}
