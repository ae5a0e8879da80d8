namespace TaskPlatform.Federation.Protocol.Schema;

/// <summary>A node's figures for one round, as it counts them. Types without lanes of their own are counted as <see cref="SummarySchema.Other"/>.</summary>
/// <param name="schema">The lanes.</param>
public sealed class NodeFigures(SummarySchema schema)
{
    private readonly uint[] _lanes = new uint[SummarySchema.LaneCount];

    /// <summary>The lanes, for a round.</summary>
    public ReadOnlyMemory<uint> Lanes => _lanes;

    /// <summary>Tasks of a type that wait now.</summary>
    public NodeFigures Queued(string type, uint tasks) => Add(schema.LaneOf(TypeLane.Queued, type), tasks);

    /// <summary>Tasks of a type that run now.</summary>
    public NodeFigures Running(string type, uint tasks) => Add(schema.LaneOf(TypeLane.Running, type), tasks);

    /// <summary>A task that ended since the last round, once, whatever the number of its attempts.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="succeeded">Whether it did.</param>
    /// <param name="duration">From its first start to its end.</param>
    public NodeFigures Ended(string type, bool succeeded, TimeSpan duration)
    {
        Add(schema.LaneOf(TypeLane.Completed, type), 1);
        if (succeeded) Add(schema.LaneOf(TypeLane.Succeeded, type), 1);
        return Add(schema.BucketLane(type, SummarySchema.BucketOf(duration)), 1);
    }

    /// <summary>The node as a whole: tasks that wait or run, and slots of its agents.</summary>
    public NodeFigures Whole(uint load, uint capacity) => Add(SummarySchema.LoadLane, load).Add(SummarySchema.CapacityLane, capacity);

    /// <summary>Saturates: the clip cuts far below.</summary>
    private NodeFigures Add(int lane, uint count)
    {
        _lanes[lane] = (uint)Math.Min((ulong)_lanes[lane] + count, uint.MaxValue);
        return this;
    }
}
