using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>What any measurement of lives finds, so that any two can be compared.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Tasks">How many lives.</param>
/// <param name="LivesPerSecond">A life: the submit acknowledged and the completion acknowledged, both stored.</param>
/// <param name="Latency">From the moment the submit was due to the start of the handler; null where it was not asked for.</param>
/// <param name="Facts">Under what: settings, versions, machine.</param>
internal sealed record MeasurementResult(
    string Name, int Tasks, double LivesPerSecond, LatencyFigures? Latency, IReadOnlyDictionary<string, string> Facts)
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Readable);

    public Table ToTable()
    {
        var table = new Table().Title(Markup.Escape(Name)).AddColumns("what", "found");
        table.AddRow("tasks", Text($"{Tasks:N0}"));
        table.AddRow("lives a second", Text($"{LivesPerSecond:N0}"));
        if (Latency is { } latency)
        {
            table.AddRow(Text($"submit due to handler's start, {latency.Samples:N0} at {latency.Rate:N0}/s"), "");
            table.AddRow("  p50, p90", Text($"{latency.P50:0.00}, {latency.P90:0.00} ms"));
            table.AddRow("  p99, p99.9", Text($"{latency.P99:0.00}, {latency.P999:0.00} ms"));
            table.AddRow("  most", Text($"{latency.Max:0.00} ms"));
        }
        foreach (var (fact, value) in Facts) table.AddRow(Markup.Escape(fact), Markup.Escape(value));
        return table;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
