using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>What any measurement finds, so that any two of a kind can be compared. What it does not look at is null.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Tasks">How many lives.</param>
/// <param name="LivesPerSecond">A life: the submit acknowledged and the completion acknowledged, both stored.</param>
/// <param name="Latency">From the moment the submit was due to the start of the handler.</param>
/// <param name="Facts">Under what: settings, versions, machine.</param>
internal sealed record MeasurementResult(
    string Name, int? Tasks, double? LivesPerSecond, LatencyFigures? Latency, IReadOnlyDictionary<string, string> Facts)
{
    /// <summary>From the moment the submit was due to the acknowledgement of the completion.</summary>
    public LatencyFigures? Acknowledged { get; init; }

    /// <summary>What only this kind of measurement finds, in the order in which it is shown.</summary>
    [JsonIgnore]
    public IReadOnlyList<Figure> Own { get; init; } = [];

    /// <summary>The same by name; null where there is none.</summary>
    public IReadOnlyDictionary<string, double>? Figures => Own is [] ? null : Own.ToDictionary(figure => figure.Key, figure => figure.Value);

    public string ToJson() => JsonSerializer.Serialize(this, ReadableJson.Options);

    public Table ToTable()
    {
        var table = new Table().Title(Markup.Escape(Name)).AddColumns("what", "found");
        if (Tasks is { } tasks) table.AddRow("tasks", Text($"{tasks:N0}"));
        if (LivesPerSecond is { } lives) table.AddRow("lives a second", Text($"{lives:N0}"));
        foreach (var figure in Own) table.AddRow(Markup.Escape(figure.Label), Markup.Escape(Told(figure)));
        AddLatency(table, "submit due to handler's start", Latency);
        AddLatency(table, "submit due to completion acknowledged", Acknowledged);
        foreach (var (fact, value) in Facts) table.AddRow(Markup.Escape(fact), Markup.Escape(value));
        return table;
    }

    private static void AddLatency(Table table, string what, LatencyFigures? latency)
    {
        if (latency is null) return;
        table.AddRow(Text($"{what}, {latency.Samples:N0} at {latency.Rate:N0}/s"), "");
        table.AddRow("  p50, p90", Text($"{latency.P50:0.00}, {latency.P90:0.00} ms"));
        table.AddRow("  p99, p99.9", Text($"{latency.P99:0.00}, {latency.P999:0.00} ms"));
        table.AddRow("  most", Text($"{latency.Max:0.00} ms"));
    }

    private static string Told(Figure figure) => Text($"{figure.Value:#,0.###} {figure.Unit}") + (figure.Aim is { } aim ? $" (aim: {aim})" : "");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
