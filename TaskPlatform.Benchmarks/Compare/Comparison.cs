using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Compare;

/// <summary>Two things measured in turns.</summary>
/// <param name="One">The first of each turn.</param>
/// <param name="Other">The second.</param>
/// <param name="Aim">What the ratio of lives is to be; null where nothing is aimed at.</param>
/// <param name="Rounds">What was found, in order.</param>
internal sealed record Comparison(string One, string Other, [property: JsonIgnore] string? Aim, IReadOnlyList<ComparedRound> Rounds)
{
    /// <summary>Medians over the rounds, by name, of what was measured of both.</summary>
    public IReadOnlyDictionary<string, ComparedFigure> Compared => Measured.ToDictionary(row => row.Key, row => row.Figure);

    private IEnumerable<(string Key, string Label, ComparedFigure Figure)> Measured
    {
        get
        {
            if (Of(result => result.LivesPerSecond) is { } lives) yield return ("livesPerSecond", "lives a second", lives);
            foreach (var own in Rounds[0].One.Own)
            {
                if (Of(result => result.Own.FirstOrDefault(figure => figure.Key == own.Key)?.Value) is { } figure) yield return (own.Key, $"{own.Label}, {own.Unit}", figure);
            }
            if (Of(result => result.Latency?.P50) is { } median) yield return ("p50", "submit due to handler's start, p50, ms", median);
            if (Of(result => result.Latency?.P99) is { } tail) yield return ("p99", "submit due to handler's start, p99, ms", tail);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, ReadableJson.Options);

    public Table ToTable()
    {
        var table = new Table().Title(Markup.Escape($"{One} and {Other}, medians of {Rounds.Count} rounds"))
            .AddColumns("what", Markup.Escape(One), Markup.Escape(Other), "ratio");
        foreach (var (key, label, figure) in Measured)
        {
            var aim = key == "livesPerSecond" && Aim is { } wanted ? $" (aim: {wanted})" : "";
            table.AddRow(label, Text($"{figure.One:#,0.##}"), Text($"{figure.Other:#,0.##}"), Markup.Escape(Text($"{figure.Ratio:0.00}") + aim));
        }
        foreach (var (number, round) in Rounds.Index())
            table.AddRow(Text($"  round {number + 1}, lives a second"), Text($"{round.One.LivesPerSecond:#,0}"), Text($"{round.Other.LivesPerSecond:#,0}"), "");
        var (ours, theirs) = (Rounds[^1].One.Facts, Rounds[^1].Other.Facts);
        foreach (var fact in ours.Keys.Union(theirs.Keys))
            table.AddRow(Markup.Escape(fact), Markup.Escape(ours.GetValueOrDefault(fact, "")), Markup.Escape(theirs.GetValueOrDefault(fact, "")), "");
        return table;
    }

    private ComparedFigure? Of(Func<MeasurementResult, double?> figure)
    {
        double?[] one = [.. Rounds.Select(round => figure(round.One))];
        double?[] other = [.. Rounds.Select(round => figure(round.Other))];
        return one.Concat(other).Any(value => value is null) ? null : new ComparedFigure(Median(one), Median(other));
    }

    private static double Median(double?[] values)
    {
        var rising = values.Order().ToList();
        return (rising[(rising.Count - 1) / 2]!.Value + rising[rising.Count / 2]!.Value) / 2;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Both measured once, one after the other.</summary>
/// <param name="One">The first.</param>
/// <param name="Other">The second.</param>
internal sealed record ComparedRound(MeasurementResult One, MeasurementResult Other);

/// <summary>A figure of both.</summary>
/// <param name="One">The first's median.</param>
/// <param name="Other">The second's.</param>
internal sealed record ComparedFigure(double One, double Other)
{
    /// <summary>The first over the second.</summary>
    public double Ratio => One / Other;
}
