using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Steps of the analytics.</summary>
public static partial class QueueRecords
{
    private static void WriteStep(RecordWriter writer, AnalyticsStep step)
    {
        writer.Number(step.StartUnixMs);
        writer.Number(step.EndUnixMs);
        writer.Number(step.CoveredMs);
        writer.List(step.Counts, static (writer, count) => writer.Number(count));
        writer.List(step.Priorities, static (writer, count) => writer.Number(count));
        writer.Number(step.Completed);
        writer.Number(step.Failed);
        writer.Number(step.AttemptsCompleted);
        writer.Number(step.AttemptsFailed);
        writer.Number(step.CoordinationUs);
        writer.Number(step.RunMs);
        WriteTime(writer, step.Slots);
        writer.List(step.Agents, WriteAgentTime);
        WriteSpread(writer, step.QueueTime);
        WriteSpread(writer, step.CompletionTime);
        WriteSpread(writer, step.AssignmentLatency);
    }

    private static AnalyticsStep ReadStep(ref RecordReader reader, string key) => new()
    {
        StartUnixMs = reader.Number(),
        EndUnixMs = reader.Number(),
        CoveredMs = reader.Number(),
        Counts = ReadCounts(ref reader, key, TaskStates.Count),
        Priorities = ReadCounts(ref reader, key, (int)TaskPriority.Low),
        Completed = reader.Number(),
        Failed = reader.Number(),
        AttemptsCompleted = reader.Number(),
        AttemptsFailed = reader.Number(),
        CoordinationUs = reader.Number(),
        RunMs = reader.Number(),
        Slots = ReadTime(ref reader),
        Agents = reader.List(static (ref reader) => new AgentTime(reader.Name(), ReadTime(ref reader))),
        QueueTime = ReadSpread(ref reader, key),
        CompletionTime = ReadSpread(ref reader, key),
        AssignmentLatency = ReadSpread(ref reader, key),
    };

    private static ImmutableArray<int> ReadCounts(ref RecordReader reader, string key, int number)
    {
        var counts = reader.List(static (ref reader) => reader.Int());
        return counts.Length == number ? counts : throw new RecordException(key, $"holds {counts.Length} counts where {number} may stand");
    }

    private static void WriteTime(RecordWriter writer, SlotTime time)
    {
        writer.Number(time.BusyMs);
        writer.Number(time.OfferedMs);
    }

    private static SlotTime ReadTime(ref RecordReader reader) => new(reader.Number(), reader.Number());

    private static void WriteAgentTime(RecordWriter writer, AgentTime agent)
    {
        writer.Text(agent.AgentId);
        WriteTime(writer, agent.Time);
    }

    // Each value by what it is above the one before: mostly a byte or two.
    private static void WriteSpread(RecordWriter writer, Spread spread)
    {
        writer.Number(spread.Sum);
        writer.Number(spread.Buckets.Length);
        var before = 0L;
        foreach (var bucket in spread.Buckets)
        {
            writer.Number(bucket.Value - before);
            writer.Number(bucket.Count);
            before = bucket.Value;
        }
    }

    private static Spread ReadSpread(ref RecordReader reader, string key)
    {
        var sum = reader.Number();
        var stored = reader.List(static (ref reader) => (Above: reader.Number(), Count: reader.Number()));
        if (stored.IsEmpty) return new Spread(sum, []);
        var buckets = ImmutableArray.CreateBuilder<Bucket>(stored.Length);
        var value = 0L;
        foreach (var (above, count) in stored)
        {
            // The lowest bucket may be that of zero; none comes twice.
            if (above < (buckets.Count == 0 ? 0 : 1) || above > uint.MaxValue - value || count is < 1 or > uint.MaxValue)
                throw new RecordException(key, "holds a histogram that is none");
            value += above;
            buckets.Add(new Bucket((uint)value, (uint)count));
        }
        return new Spread(sum, buckets.DrainToImmutable());
    }
}
