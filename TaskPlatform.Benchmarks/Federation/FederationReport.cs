using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Federation;

/// <summary>All that the command found, for people and for programs.</summary>
internal sealed record FederationReport(int[] Seeds, int Tasks, PolicyComparison Uneven, PolicyComparison Even, SimulatorCheck[] Checks)
{
    private const int Width = 120;

    private FederationGoal[] Goals => FederationGoals.Of(Uneven, Even);

    public string ToJson() => JsonSerializer.Serialize(
        new { Seeds, Tasks, Uneven = Json(Uneven), Even = Json(Even), Goals = Goals.Select(Json), Checks = Checks.Select(Json) }, ReadableJson.Options);

    public void Print()
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, Width);
        AnsiConsole.Write(Table(Uneven, Text($"8 nodes × 4 agents, load 0.54 to 0.98, {Seeds.Length} seeds × {Tasks:N0} tasks: waits in mean service times")));
        AnsiConsole.Write(Table(Even, "The same, every node's load 0.80"));
        AnsiConsole.Write(GoalTable());
        AnsiConsole.Write(CheckTable());
    }

    private static Table Table(PolicyComparison compared, string title)
    {
        var table = new Table().Title(title).AddColumns("policy", "mean", "p95", "p99", "probes a task");
        foreach (var line in compared.Lines)
        {
            table.AddRow(
                line.Policy.Label, Text(line.Of(figures => figures.Mean)), Text(line.Of(figures => figures.P95)), Text(line.Of(figures => figures.P99)), Text(line.Of(figures => figures.ProbesPerTask)));
        }
        return table;
    }

    private Table GoalTable()
    {
        var table = new Table().Title("The recommended policy, seed by seed").AddColumns("ratio", "found", "at most", "reached");
        foreach (var goal in Goals) table.AddRow(goal.Name, Text(goal.Found, "0.000"), Text($"{goal.Most:0.00}"), goal.IsReached ? "yes" : "no");
        return table;
    }

    private Table CheckTable()
    {
        var table = new Table().Title("The simulator itself").AddColumns("system", "theory", "found", "allowed", "met");
        foreach (var check in Checks)
        {
            var allowed = check.Allowed is { } share ? Text($"{100 * share:0} %") : "the interval";
            table.AddRow(Markup.Escape(check.Name), Text($"{check.Expected:0.0000}"), Text(check.Found, "0.0000"), allowed, check.IsMet ? "yes" : "no");
        }
        return table;
    }

    private static IEnumerable<object> Json(PolicyComparison compared) => compared.Lines.Select(line => new
    {
        line.Policy.Key,
        Mean = line.Of(figures => figures.Mean),
        P95 = line.Of(figures => figures.P95),
        P99 = line.Of(figures => figures.P99),
        ProbesPerTask = line.Of(figures => figures.ProbesPerTask),
    });

    private static object Json(FederationGoal goal) => new { goal.Name, goal.Found, goal.Most, goal.IsReached };

    private static object Json(SimulatorCheck check) => new { check.Name, check.Expected, check.Found, check.Allowed, check.IsMet };

    private static string Text(Estimate estimate, string format = "0.00")
        => $"{estimate.Mean.ToString(format, CultureInfo.InvariantCulture)} ± {estimate.Margin.ToString(format, CultureInfo.InvariantCulture)}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
