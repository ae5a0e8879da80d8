using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>The records of a queue beside its tasks: agents, graphs, idempotency keys and settings.</summary>
public static class QueueRecords
{
    /// <summary>The key under which the settings' checksum is made.</summary>
    public const string SettingsKey = "settings";

    /// <summary>An agent's record: what it can do and how it has done; who runs right now is not stored.</summary>
    public static ReadOnlyMemory<byte> Write(AgentItem agent)
    {
        var writer = new RecordWriter(RecordKind.Agent);
        writer.Bool(agent.IsRegistered);
        writer.List(agent.Capabilities, static (writer, capability) => writer.Text(capability));
        writer.Number(agent.MaxConcurrency);
        writer.Bool(agent.IsDraining);
        writer.Double(agent.SuccessRate);
        writer.Double(agent.MeanSeconds);
        writer.Number(agent.TotalTasks);
        return writer.Seal(agent.Id);
    }

    /// <summary>Reads an agent's record.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static AgentItem ReadAgent(string id, ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(id, RecordKind.Agent, record);
        var agent = new AgentItem
        {
            Id = id,
            IsRegistered = reader.Bool(),
            Capabilities = reader.List(static (ref reader) => reader.Text()).ToImmutableSortedSet(StringComparer.Ordinal),
            MaxConcurrency = reader.Int(),
            IsDraining = reader.Bool(),
            SuccessRate = reader.Double(),
            MeanSeconds = reader.Double(),
            TotalTasks = reader.Number(),
        };
        reader.End();
        return agent;
    }

    /// <summary>A graph's record. It is written last: without it the graph's tasks are not there.</summary>
    public static ReadOnlyMemory<byte> Write(GraphItem graph)
    {
        var writer = new RecordWriter(RecordKind.Graph);
        writer.Number(graph.CreatedUnixMs);
        writer.Number(graph.Size);
        writer.Bool(graph.CancelRequested);
        writer.Optional(graph.CancelReason);
        return writer.Seal(graph.Id);
    }

    /// <summary>Reads a graph's record.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static GraphItem ReadGraph(string id, ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(id, RecordKind.Graph, record);
        var graph = new GraphItem
        {
            Id = id,
            CreatedUnixMs = reader.Number(),
            Size = reader.Int(),
            CancelRequested = reader.Bool(),
            CancelReason = reader.OptionalText(),
        };
        reader.End();
        return graph;
    }

    /// <summary>An idempotency key's record.</summary>
    public static ReadOnlyMemory<byte> Write(IdempotencyEntry entry)
    {
        var writer = new RecordWriter(RecordKind.Key);
        writer.Bits(entry.Fingerprint);
        writer.Optional(entry.TargetId);
        writer.Number(entry.ExpiresUnixMs);
        return writer.Seal(entry.Key);
    }

    /// <summary>Reads an idempotency key's record.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static IdempotencyEntry ReadKey(string key, ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(key, RecordKind.Key, record);
        var entry = new IdempotencyEntry(key, reader.Bits(), reader.OptionalText(), reader.Number());
        reader.End();
        return entry;
    }

    /// <summary>The settings' record.</summary>
    public static ReadOnlyMemory<byte> Write(QueueSettings settings)
    {
        var writer = new RecordWriter(RecordKind.Settings);
        writer.Number(settings.AgeingMs);
        writer.Bool(settings.Paused);
        writer.List(settings.PausedTypes, static (writer, type) => writer.Text(type));
        return writer.Seal(SettingsKey);
    }

    /// <summary>Reads the settings' record.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static QueueSettings ReadSettings(ReadOnlySpan<byte> record)
    {
        var reader = new RecordReader(SettingsKey, RecordKind.Settings, record);
        var settings = new QueueSettings
        {
            AgeingMs = reader.Number(),
            Paused = reader.Bool(),
            PausedTypes = reader.List(static (ref reader) => reader.Text()).ToImmutableSortedSet(StringComparer.Ordinal),
        };
        reader.End();
        return settings;
    }
}
