using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>Fields that stand in records of several kinds.</summary>
internal static class RecordFields
{
    /// <summary>Most tasks never use anything that is counted: then it is one byte.</summary>
    public static void Write(RecordWriter writer, Usage usage)
    {
        var hasAny = usage != default;
        writer.Bool(hasAny);
        if (!hasAny) return;
        writer.Number(usage.Tokens);
        writer.Double(usage.Cost);
    }

    public static Usage ReadUsage(ref RecordReader reader) => reader.Bool() ? new Usage(reader.Number(), reader.Double()) : default;

    public static void Write(RecordWriter writer, TaskBudget? budget)
    {
        writer.Bool(budget is not null);
        if (budget is null) return;
        writer.Optional(budget.Tokens);
        writer.Optional(budget.Cost);
    }

    public static TaskBudget? ReadBudget(ref RecordReader reader)
        => reader.Bool() ? new TaskBudget(reader.OptionalNumber(), reader.OptionalDouble()) : null;

    public static void Write(RecordWriter writer, TaskError? error)
    {
        writer.Bool(error is not null);
        if (error is null) return;
        writer.Text(error.Type);
        writer.Text(error.Message);
        writer.Bool(error.Retryable);
    }

    public static TaskError? ReadError(ref RecordReader reader)
        => reader.Bool() ? new TaskError(reader.Name(), reader.Text(), reader.Bool()) : null;

    public static void Write(RecordWriter writer, ImmutableArray<DependencyEdge> edges) => writer.List(edges, static (writer, edge) =>
    {
        writer.Text(edge.Id);
        writer.Byte((byte)edge.On);
    });

    public static ImmutableArray<DependencyEdge> ReadEdges(ref RecordReader reader)
        => reader.List(static (ref reader) => new DependencyEdge(reader.Text(), (EdgeKind)reader.Choice(last: 2)));

    public static void Write(RecordWriter writer, ImmutableSortedDictionary<string, string> labels) => writer.List(labels, static (writer, label) =>
    {
        writer.Text(label.Key);
        writer.Text(label.Value);
    });

    public static ImmutableSortedDictionary<string, string> ReadLabels(ref RecordReader reader)
    {
        var read = reader.List(static (ref reader) => KeyValuePair.Create(reader.Name(), reader.Name()));
        if (read.IsEmpty) return ImmutableSortedDictionary<string, string>.Empty;
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in read) labels[name] = value;
        return labels.ToImmutable();
    }

    public static void Write<T>(RecordWriter writer, KeyPatterns<T> patterns, Action<RecordWriter, T> write)
    {
        writer.Number(patterns.Values.Count);
        foreach (var (pattern, value) in patterns.Values)
        {
            writer.Text(pattern);
            write(writer, value);
        }
    }

    public static KeyPatterns<T> ReadPatterns<T>(ref RecordReader reader, RecordReader.Read<T> read)
    {
        var values = new Dictionary<string, T>(StringComparer.Ordinal);
        for (var left = reader.Int(); left > 0; left--) values[reader.Text()] = read(ref reader);
        return values.Count == 0 ? KeyPatterns<T>.None : new KeyPatterns<T>(values);
    }
}
