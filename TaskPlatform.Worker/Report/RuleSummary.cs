using System.Globalization;
using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Report;

/// <summary>The summary by rules alone, at most ten lines: what there is, what is worst, what is fixed.</summary>
internal static class RuleSummary
{
    private const int RulesNamed = 3;
    private const int FilesNamed = 3;

    /// <summary>Writes the summary, one list item a line.</summary>
    public static string Write(ReviewedFiles review) => string.Join('\n', Lines(review).Select(line => $"- {line}"));

    private static IEnumerable<string> Lines(ReviewedFiles review)
    {
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{review.Analyzed} of {review.Files.Count} files analysed, {review.Files.Sum(f => f.Analysis?.Metrics?.Lines ?? 0)} lines.");
        yield return $"{Many(review.Count(FindingSeverity.Error), "error")}, {Many(review.Count(FindingSeverity.Warning), "warning")}, {Many(review.Count(FindingSeverity.Info), "suggestion")}.";
        var fixedCount = review.Fixed.Values.Sum();
        if (fixedCount > 0) yield return $"{fixedCount} of them are fixed by the diffs, which change {Many(review.Files.Count(f => f.Fixes?.Diff.Length > 0), "file")}.";
        foreach (var rule in RankedRule.Rank(review).Take(RulesNamed))
            yield return $"{rule.Id}, {Many(rule.Places.Count, "time")}: {Short(rule.Places[0].Finding.Message)}";
        foreach (var file in review.Files.Where(f => f.Risk > 0).OrderByDescending(f => f.Risk).ThenBy(f => f.File, StringComparer.Ordinal).Take(FilesNamed))
            yield return $"`{file.File}` has risk {file.Risk}.";
    }

    private static string Many(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static string Short(string message) => MarkdownReport.Plain(message.Length <= 120 ? message : message[..120] + "…");
}
