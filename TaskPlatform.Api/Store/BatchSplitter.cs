namespace TaskPlatform.Api.Store;

/// <summary>
/// Cuts a unit into calls. Nearly every unit is one call, and so happens wholly or not at all. A graph of up to 32 MiB takes several:
/// its tasks come first, in order; what makes them count (the graph's own record, settings) stands in the last call.
/// </summary>
internal static class BatchSplitter
{
    // Redis stands still while a script runs: so many small changes take it about 20 ms.
    public const int ChangesPerCall = 16_384;

    public static List<CommitBatch> Split(ChangeSet changes, long firstSequence, int bytesPerCall)
    {
        if (changes.Bytes <= bytesPerCall && changes.Count <= ChangesPerCall)
            return [new(firstSequence, changes.Tasks, changes.State, changes.Settings, changes.Bytes)];
        var parts = new List<CommitBatch>();
        var part = new Part(changes, bytesPerCall);
        foreach (var change in changes.Tasks)
        {
            if (!part.HasRoomFor(change.Bytes, 1)) part.CloseInto(parts, firstSequence);
            part.AddTask(change.Bytes);
        }

        // All of the state in one call where that is possible, even if the call before it could have taken some.
        var settingsBytes = changes.Settings?.Length ?? 0;
        if (!part.HasRoomFor(changes.State.Sum(change => (long)change.Bytes) + settingsBytes, changes.State.Count)) part.CloseInto(parts, firstSequence);
        foreach (var change in changes.State)
        {
            if (!part.HasRoomFor(change.Bytes, 1)) part.CloseInto(parts, firstSequence);
            part.AddState(change.Bytes);
        }

        if (!part.HasRoomFor(settingsBytes, 1)) part.CloseInto(parts, firstSequence);
        part.CloseInto(parts, firstSequence, changes.Settings);
        return parts;
    }

    /// <summary>What the next call takes: some of the tasks' changes and some of the state's, from where the call before ended.</summary>
    private sealed class Part(ChangeSet all, int bytesPerCall)
    {
        private (int First, int Count) _tasks;
        private (int First, int Count) _state;
        private long _bytes;

        // An empty call takes anything: one record always fits.
        public bool HasRoomFor(long bytes, int count) =>
            _tasks.Count + _state.Count == 0
            || (_bytes + bytes <= bytesPerCall && _tasks.Count + _state.Count + count <= ChangesPerCall);

        public void AddTask(int bytes)
        {
            _tasks.Count++;
            _bytes += bytes;
        }

        public void AddState(int bytes)
        {
            _state.Count++;
            _bytes += bytes;
        }

        public void CloseInto(List<CommitBatch> parts, long firstSequence, ReadOnlyMemory<byte>? settings = null)
        {
            parts.Add(new(
                firstSequence + parts.Count, all.Tasks.Slice(_tasks.First, _tasks.Count), all.State.Slice(_state.First, _state.Count), settings,
                _bytes + (settings?.Length ?? 0)));
            (_tasks, _state, _bytes) = ((_tasks.First + _tasks.Count, 0), (_state.First + _state.Count, 0), 0);
        }
    }
}
