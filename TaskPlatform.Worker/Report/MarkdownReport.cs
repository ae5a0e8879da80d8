using System.Globalization;
using System.Text;
using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Report;

/// <summary>Writes a review as Markdown. The same results always make the same report.</summary>
internal sealed class MarkdownReport
{
    /// <summary>The largest report in bytes of UTF-8.</summary>
    public const int MaxBytes = 200 * 1024;

    // The result carries the summary a second time.
    private const int SummaryRoom = 16 * 1024;

    private readonly ReviewedFiles _review;
    private readonly int _rows;
    private readonly int _places;
    private readonly StringBuilder _text = new();

    private MarkdownReport(ReviewedFiles review, int rows, int places) => (_review, _rows, _places) = (review, rows, places);

    /// <summary>Writes the report; of a large review fewer places and rows, with what was left out counted.</summary>
    /// <param name="review">The results.</param>
    /// <param name="summary">The summary.</param>
    /// <param name="writtenBy">Who wrote the summary, as a sentence; empty when nothing is to be said of it.</param>
    public static string Write(ReviewedFiles review, string summary, string writtenBy)
    {
        for (var (rows, places) = (200, 50); ; (rows, places) = (rows / 2, places / 2))
        {
            var text = new MarkdownReport(review, rows, places).Write(summary, writtenBy);
            if ((Encoding.UTF8.GetByteCount(text) <= MaxBytes && ResultSize.Of(text) <= ResultSize.Max - SummaryRoom) || rows <= 1) return text;
        }
    }

    private string Write(string summary, string writtenBy)
    {
        Line($"# Review of `{_review.Name}`").Line().Line(summary).Line();
        if (writtenBy.Length > 0) Line($"*{writtenBy}*").Line();
        Files();
        _text.Append(DebateSection.Write(_review.Debates));
        Rules();
        Fixes();
        Failures();
        Notes();
        return _text.ToString().TrimEnd('\n') + "\n";
    }

    private void Files()
    {
        var ranked = _review.Files.Where(f => f.Risk > 0).OrderByDescending(f => f.Risk).ThenBy(f => f.File, StringComparer.Ordinal).ToList();
        if (ranked.Count == 0) return;
        Line("## Files by risk").Line();
        Line("| Risk | File | Errors | Warnings | Suggestions | Lines | Most complex method | Deepest nesting | Maintainability |");
        Line("| ---: | --- | ---: | ---: | ---: | ---: | --- | ---: | ---: |");
        foreach (var file in ranked.Take(_rows)) Line(Row(file));
        Omitted(ranked.Count - _rows, "files");
        Line().Line($"Risk: {Risk.Formula}.").Line();
    }

    private static string Row(ReviewedFile file)
    {
        var (findings, metrics) = (file.Analysis!.Findings, file.Analysis.Metrics);
        var worst = metrics?.Methods.Count > 0 ? metrics.Methods[0] : null;
        return string.Create(CultureInfo.InvariantCulture, $"| {file.Risk} | `{file.File}` | {Count(FindingSeverity.Error)} | {Count(FindingSeverity.Warning)} | {Count(FindingSeverity.Info)} | {metrics?.Lines} | {(worst is null ? "" : $"`{Cell(worst.Name)}` {worst.Complexity}")} | {metrics?.MaxNesting} | {metrics?.Maintainability} |");

        int Count(FindingSeverity severity) => findings.Count(f => f.Severity == severity);
    }

    private void Rules()
    {
        var rules = RankedRule.Rank(_review);
        if (rules.Count == 0) return;
        Line("## Findings").Line();
        foreach (var rule in rules.Take(_rows)) Rule(rule);
        Omitted(rules.Count - _rows, "rules");
    }

    private void Rule(RankedRule rule)
    {
        var name = rule.HelpLink is null ? rule.Id : $"[{rule.Id}]({rule.HelpLink})";
        Line($"### {name} · {Word(rule.Severity)} · {rule.Places.Count}").Line();
        foreach (var (file, finding) in rule.Places.Take(_places))
            Line($"- `{file}:{finding.Line}:{finding.Column}` {Plain(finding.Message)}");
        Omitted(rule.Places.Count - _places, "places");
        Line();
    }

    private void Fixes()
    {
        var files = _review.Files.Count(f => f.Fixes?.Diff.Length > 0);
        if (files == 0) return;
        Line("## What the diffs fix").Line();
        Line($"The diffs change {files} {(files == 1 ? "file" : "files")} and remove at least {_review.Fixed.Values.Sum()} findings. Each was checked: the compiler and the project's own analyzers have nothing new to say. Apply them in the reviewed folder with `git apply -p1 changes.diff`.").Line();
        Line("| Rule | Removed |").Line("| --- | ---: |");
        foreach (var (rule, count) in _review.Fixed.Take(_rows)) Line($"| {rule} | {count} |");
        Line();
    }

    private void Failures()
    {
        var failed = _review.Files.Where(f => f.Failure is not null).ToList();
        if (failed.Count == 0) return;
        Line("## Not analysed").Line();
        foreach (var file in failed.Take(_rows)) Line($"- `{file.File}`: {Plain(file.Failure!)}");
        Omitted(failed.Count - _rows, "files");
        Line();
    }

    private void Notes()
    {
        var notes = _review.Files.SelectMany(NotesOf).ToList();
        if (notes.Count == 0) return;
        Line("## Limits").Line();
        foreach (var group in notes.GroupBy(n => n.Note, StringComparer.Ordinal).Take(_rows))
            Line($"- {Plain(group.Key.TrimEnd('.'))}: {string.Join(", ", group.Take(_places).Select(n => $"`{n.File}`"))}{(group.Count() > _places ? $" and {group.Count() - _places} more" : "")}");
        Line();
    }

    private static IEnumerable<(string File, string Note)> NotesOf(ReviewedFile file)
    {
        if (file.Failure is null && file.Analysis!.Note is { } note) yield return (file.File, note);
        if (file.Analysis?.Omitted > 0) yield return (file.File, $"{file.Analysis.Omitted} findings were left out, the result being too large");
        if (file.Fixes?.Note is { } fixes) yield return (file.File, fixes);
        if (file.Failure is null && file.Fixes is null) yield return (file.File, "fixing failed");
    }

    private void Omitted(int count, string what)
    {
        if (count > 0) Line($"- … and {count} more {what}");
    }

    private MarkdownReport Line(string text = "")
    {
        _text.Append(text).Append('\n');
        return this;
    }

    private static string Word(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "suggestion",
    };

    // Messages quote code: angle brackets would vanish as HTML.
    internal static string Plain(string text) =>
        text.ReplaceLineEndings(" ").Replace("<", "&lt;", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
