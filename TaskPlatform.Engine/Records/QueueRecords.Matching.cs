namespace TaskPlatform.Engine;

/// <summary>What matching knows and what is set on it; since version 3.</summary>
public static partial class QueueRecords
{
    private static void WriteTraits(RecordWriter writer, AgentItem agent)
    {
        writer.Byte((byte)agent.Traits.SpeedClass);
        writer.Optional(agent.Traits.CostPerToken);
        writer.List(agent.ByType, static (writer, entry) =>
        {
            writer.Text(entry.Key);
            writer.Double(entry.Value.SuccessRate);
            writer.Double(entry.Value.MeanSeconds);
            writer.Number(entry.Value.Attempts);
        });
    }

    private static AgentItem ReadTraits(ref RecordReader reader, AgentItem agent)
    {
        agent.Traits = new AgentTraits((SpeedClass)reader.Choice(last: (byte)SpeedClass.Slow), reader.OptionalDouble());
        var types = reader.List(static (ref reader) => (Type: reader.Name(), Performance: new Performance(reader.Double(), reader.Double(), reader.Number())));
        foreach (var (type, performance) in types) agent.ByType[type] = performance;
        return agent;
    }

    private static void WriteMatching(RecordWriter writer, QueueSettings settings)
    {
        var matching = settings.Matching;
        writer.Byte((byte)settings.Policy);
        writer.Double(matching.Capability);
        writer.Double(matching.Priority.Critical);
        writer.Double(matching.Priority.High);
        writer.Double(matching.Priority.Medium);
        writer.Double(matching.Priority.Low);
        writer.Double(matching.Load);
        writer.Double(matching.Success);
        writer.Double(matching.Speed);
        writer.List(matching.SpeedTypes, static (writer, type) => writer.Text(type));
        writer.Double(matching.Cost);
        writer.Number(matching.PatienceMs);
    }

    private static QueueSettings ReadMatching(ref RecordReader reader, QueueSettings settings) => settings with
    {
        Policy = (MatchPolicy)reader.Choice(last: (byte)MatchPolicy.Learned),
        Matching = new MatchSettings
        {
            Capability = reader.Double(),
            Priority = new PriorityPoints(reader.Double(), reader.Double(), reader.Double(), reader.Double()),
            Load = reader.Double(),
            Success = reader.Double(),
            Speed = reader.Double(),
            SpeedTypes = reader.Words(),
            Cost = reader.Double(),
            PatienceMs = reader.Number(),
        },
    };
}
