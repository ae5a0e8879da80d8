using System.Diagnostics;

namespace TaskPlatform.Engine;

/// <summary>The records of a queue beside its tasks.</summary>
public static partial class QueueRecords
{
    /// <summary>The record of anything that stands beside the tasks.</summary>
    /// <returns>The bytes, until this thread writes another record.</returns>
    public static ReadOnlySpan<byte> Write(IQueueRecord record)
    {
        var writer = RecordWriter.Begin(record.Kind);
        WriteFields(writer, record);
        return writer.Seal(record.Key);
    }

    /// <summary>Reads a record that stands beside the tasks.</summary>
    /// <param name="kind">What it is of.</param>
    /// <param name="key">Its name among those of its kind.</param>
    /// <param name="record">What is stored.</param>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static IQueueRecord Read(RecordKind kind, string key, ReadOnlyMemory<byte> record)
    {
        var reader = new RecordReader(key, kind, record);
        var read = ReadFields(ref reader, kind, key);
        reader.End();
        return read;
    }

    private static void WriteFields(RecordWriter writer, IQueueRecord record)
    {
        switch (record)
        {
            case AgentItem agent: WriteAgent(writer, agent); break;
            case GraphItem graph: WriteGraph(writer, graph); break;
            case IdempotencyEntry entry: WriteKey(writer, entry); break;
            case ScheduleItem schedule: WriteSchedule(writer, schedule); break;
            case OperationItem operation: WriteOperation(writer, operation); break;
            case UniqueEntry unique: WriteUnique(writer, unique); break;
            case Tombstone tombstone: writer.Number(tombstone.ExpiresUnixMs); break;
            case RateEntry rate: WriteRate(writer, rate); break;
            case BudgetEntry budget: WriteBudget(writer, budget); break;
            case RouteItem route: WriteRoute(writer, route); break;
            case AnalyticsStep step: WriteStep(writer, step); break;
            default: throw new UnreachableException($"No record for {record.GetType().Name}.");
        }
    }

    private static IQueueRecord ReadFields(ref RecordReader reader, RecordKind kind, string key) => kind switch
    {
        RecordKind.Agent => ReadAgent(ref reader, key),
        RecordKind.Graph => ReadGraph(ref reader, key),
        RecordKind.Key => new IdempotencyEntry(key, reader.Bits(), reader.OptionalText(), reader.Number()),
        RecordKind.Schedule => ReadSchedule(ref reader, key),
        RecordKind.Operation => ReadOperation(ref reader, key),
        RecordKind.Unique => new UniqueEntry(key, reader.Text(), reader.Number()),
        RecordKind.Tombstone => new Tombstone(key, reader.Number()),
        RecordKind.Rate => new RateEntry(key, reader.List(static (ref reader) => (reader.Number(), reader.Int()))),
        RecordKind.Budget => new BudgetEntry(key, RecordFields.ReadUsage(ref reader), reader.Number()),
        RecordKind.Step => ReadStep(ref reader, key),
        RecordKind.Route => ReadRoute(ref reader, key),
        _ => throw new UnreachableException($"No record of kind {kind} stands beside the tasks."),
    };

    // What it can do and how it has done; who runs right now is not stored.
    private static void WriteAgent(RecordWriter writer, AgentItem agent)
    {
        writer.Bool(agent.IsRegistered);
        writer.List(agent.Capabilities, static (writer, capability) => writer.Text(capability));
        writer.Number(agent.MaxConcurrency);
        writer.Bool(agent.IsDraining);
        writer.Double(agent.SuccessRate);
        writer.Double(agent.MeanSeconds);
        writer.Number(agent.TotalTasks);
        WriteTraits(writer, agent);
    }

    private static AgentItem ReadAgent(ref RecordReader reader, string id)
        => ReadAgentBefore3(ref reader, id) is var agent && reader.Version < 3 ? agent : ReadTraits(ref reader, agent);

    private static AgentItem ReadAgentBefore3(ref RecordReader reader, string id) => new()
    {
        Id = id,
        IsRegistered = reader.Bool(),
        Capabilities = reader.Words(),
        MaxConcurrency = reader.Int(),
        IsDraining = reader.Bool(),
        SuccessRate = reader.Double(),
        MeanSeconds = reader.Double(),
        TotalTasks = reader.Number(),
    };

    // Written last: without it the graph's tasks are not there.
    private static void WriteGraph(RecordWriter writer, GraphItem graph)
    {
        writer.Number(graph.CreatedUnixMs);
        writer.Number(graph.Size);
        writer.Bool(graph.CancelRequested);
        writer.Optional(graph.CancelReason);
        RecordFields.Write(writer, graph.Budget);
        RecordFields.Write(writer, graph.Used);
    }

    private static GraphItem ReadGraph(ref RecordReader reader, string id) => new()
    {
        Id = id,
        CreatedUnixMs = reader.Number(),
        Size = reader.Int(),
        CancelRequested = reader.Bool(),
        CancelReason = reader.OptionalText(),
        Budget = reader.Version == 1 ? null : RecordFields.ReadBudget(ref reader),
        Used = reader.Version == 1 ? default : RecordFields.ReadUsage(ref reader),
    };

    private static void WriteKey(RecordWriter writer, IdempotencyEntry entry)
    {
        writer.Bits(entry.Fingerprint);
        writer.Optional(entry.TargetId);
        writer.Number(entry.ExpiresUnixMs);
    }

    private static void WriteUnique(RecordWriter writer, UniqueEntry entry)
    {
        writer.Text(entry.TaskId);
        writer.Number(entry.ExpiresUnixMs);
    }

    private static void WriteRate(RecordWriter writer, RateEntry entry) => writer.List(entry.Grants, static (writer, grant) =>
    {
        writer.Number(grant.UnixMs);
        writer.Number(grant.Count);
    });

    private static void WriteBudget(RecordWriter writer, BudgetEntry entry)
    {
        RecordFields.Write(writer, entry.Used);
        writer.Number(entry.PeriodStartUnixMs);
    }
}
