namespace TaskPlatform.Engine;

/// <summary>What an operator set on the queue.</summary>
public static partial class QueueRecords
{
    /// <summary>The key under which the settings' checksum is made.</summary>
    public const string SettingsKey = "settings";

    /// <summary>The settings' record.</summary>
    /// <returns>The bytes, until this thread writes another record.</returns>
    public static ReadOnlySpan<byte> Write(QueueSettings settings)
    {
        var writer = RecordWriter.Begin(RecordKind.Settings);
        writer.Number(settings.AgeingMs);
        writer.Bool(settings.Paused);
        writer.List(settings.PausedTypes, static (writer, type) => writer.Text(type));
        writer.Byte((byte)settings.Durability);
        writer.Number(settings.Retention.AgeMs);
        writer.Number(settings.Retention.Count);
        RecordFields.Write(writer, settings.Concurrency, static (writer, most) => writer.Number(most));
        RecordFields.Write(writer, settings.Rates, WriteRate);
        RecordFields.Write(writer, settings.Fairness, static (writer, weight) => writer.Double(weight));
        RecordFields.Write(writer, settings.Budgets, WriteBudget);
        writer.Optional(settings.UnfinishedTasks);
        WriteMatching(writer, settings);
        return writer.Seal(SettingsKey);
    }

    /// <summary>Reads the settings' record.</summary>
    /// <exception cref="RecordException">The record cannot be trusted.</exception>
    public static QueueSettings ReadSettings(ReadOnlyMemory<byte> record)
    {
        var reader = new RecordReader(SettingsKey, RecordKind.Settings, record);
        var settings = new QueueSettings { AgeingMs = reader.Number(), Paused = reader.Bool(), PausedTypes = reader.Words() };
        if (reader.Version != 1) settings = ReadMore(ref reader, settings);
        if (reader.Version >= 3) settings = ReadMatching(ref reader, settings);
        reader.End();
        return settings;
    }

    private static QueueSettings ReadMore(ref RecordReader reader, QueueSettings settings) => settings with
    {
        Durability = (Durability)reader.Choice(last: (byte)Durability.Memory),
        Retention = new Retention(reader.Number(), reader.Int()),
        Concurrency = RecordFields.ReadPatterns(ref reader, static (ref reader) => reader.Int()),
        Rates = RecordFields.ReadPatterns(ref reader, static (ref reader) => new RateLimit(reader.Int(), reader.Number())),
        Fairness = RecordFields.ReadPatterns(ref reader, static (ref reader) => reader.Double()),
        Budgets = RecordFields.ReadPatterns(ref reader, ReadLimit),
        UnfinishedTasks = reader.Bool() ? reader.Int() : null,
    };

    private static void WriteRate(RecordWriter writer, RateLimit rate)
    {
        writer.Number(rate.Count);
        writer.Number(rate.PerMs);
    }

    private static void WriteBudget(RecordWriter writer, BudgetLimit limit)
    {
        RecordFields.Write(writer, limit.Amount);
        writer.Optional(limit.PerMs);
        writer.Byte((byte)limit.OnExhausted);
    }

    private static BudgetLimit ReadLimit(ref RecordReader reader)
    {
        var amount = RecordFields.ReadBudget(ref reader) ?? new TaskBudget(null, null);
        return new BudgetLimit(amount, reader.OptionalNumber(), (WhenExhausted)reader.Choice(last: (byte)WhenExhausted.Route));
    }
}
