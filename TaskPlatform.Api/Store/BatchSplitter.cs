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
            return [new(firstSequence, [.. changes.Tasks], [.. changes.State], changes.Settings, changes.Bytes)];
        var parts = new List<CommitBatch>();
        var part = new Part(bytesPerCall);
        foreach (var change in changes.Tasks)
        {
            if (!part.HasRoomFor(change.Bytes, 1)) part = part.CloseInto(parts, firstSequence);
            part.Tasks.Add(change);
            part.Count(change.Bytes);
        }

        // All of the state in one call where that is possible, even if the call before it could have taken some.
        var settingsBytes = changes.Settings?.Length ?? 0;
        if (!part.HasRoomFor(changes.State.Sum(change => (long)change.Bytes) + settingsBytes, changes.State.Count))
            part = part.CloseInto(parts, firstSequence);
        foreach (var change in changes.State)
        {
            if (!part.HasRoomFor(change.Bytes, 1)) part = part.CloseInto(parts, firstSequence);
            part.State.Add(change);
            part.Count(change.Bytes);
        }

        if (!part.HasRoomFor(settingsBytes, 1)) part = part.CloseInto(parts, firstSequence);
        part.Count(settingsBytes);
        part.CloseInto(parts, firstSequence, changes.Settings);
        return parts;
    }

    private sealed class Part(int bytesPerCall)
    {
        private long _bytes;

        public List<FieldChange> Tasks { get; } = [];

        public List<FieldChange> State { get; } = [];

        // An empty call takes anything: one record always fits.
        public bool HasRoomFor(long bytes, int count) =>
            Tasks.Count + State.Count == 0
            || (_bytes + bytes <= bytesPerCall && Tasks.Count + State.Count + count <= ChangesPerCall);

        public void Count(int bytes) => _bytes += bytes;

        public Part CloseInto(List<CommitBatch> parts, long firstSequence, ReadOnlyMemory<byte>? settings = null)
        {
            parts.Add(new(firstSequence + parts.Count, [.. Tasks], [.. State], settings, _bytes));
            return new(bytesPerCall);
        }
    }
}
