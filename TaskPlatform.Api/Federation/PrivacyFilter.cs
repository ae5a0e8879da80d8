using System.Collections.Immutable;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Federation.Protocol.Schema;

namespace TaskPlatform.Api.Federation;

/// <summary>
/// Decides what of the work may leave in sums: the 258 numbers of the schema and nothing else. A type without lanes of its own counts as <see cref="SummarySchema.Other"/>; ids,
/// descriptions, payloads, labels, errors, results and agents have no place to stand in. Of several threads.
/// </summary>
internal sealed class PrivacyFilter(SummarySchema schema)
{
    private readonly Lock _lock = new();
    private NodeFigures _ended = new(schema);
    private int _endedTasks;

    /// <summary>The types that are told apart.</summary>
    public ImmutableSortedSet<string> Types { get; } = [.. schema.Types.Where(type => type != SummarySchema.Other)];

    /// <summary>How many ended since the last release and will be in the next one.</summary>
    public int Ended
    {
        get
        {
            lock (_lock) return _endedTasks;
        }
    }

    /// <summary>Something happened to a task: an end that counts goes into the next release, and into no other.</summary>
    public void Note(QueueEvent happened)
    {
        if (happened is not { End: { } end, Type: { } type }) return;
        lock (_lock)
        {
            _ended.Ended(type, end.Succeeded, TimeSpan.FromMilliseconds(end.DurationMs));
            _endedTasks++;
        }
    }

    /// <summary>The lanes of a release: what the queue answered, and what ended since the release before, which is then used up.</summary>
    public ReadOnlyMemory<uint> Release(Outcome.Figures queue)
    {
        NodeFigures figures;
        lock (_lock) (figures, _ended, _endedTasks) = (_ended, new NodeFigures(schema), 0);
        foreach (var type in queue.Types)
        {
            figures.Queued(type.Type ?? SummarySchema.Other, (uint)type.Queued).Running(type.Type ?? SummarySchema.Other, (uint)type.Running);
        }
        var load = queue.Types.Sum(type => (long)type.Queued + type.Running);
        return figures.Whole((uint)load, (uint)Math.Min(queue.Slots, uint.MaxValue)).Lanes;
    }
}
