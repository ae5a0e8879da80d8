using TaskPlatform.Client.Reviews;
using TaskPlatform.Worker.Debates;

namespace TaskPlatform.Worker.Report;

/// <summary>A file with what became of it.</summary>
/// <param name="File">The file, relative to the reviewed folder.</param>
/// <param name="Analysis">What was found; unset when the task failed.</param>
/// <param name="Fixes">What was fixed; unset when the task failed or did not run.</param>
internal sealed record ReviewedFile(string File, FileAnalysis? Analysis, FileFixes? Fixes)
{
    /// <summary>How much attention the file needs; see <see cref="Risk"/>.</summary>
    public int Risk { get; } = Analysis is null ? 0 : Report.Risk.Of(Analysis);

    /// <summary>Why the file could not be analysed; unset when it was.</summary>
    public string? Failure => Analysis switch
    {
        null => "the analysis failed",
        { Analyzed: false } => Analysis.Note ?? "not analysed",
        _ => null,
    };
}

/// <summary>A review with all its results.</summary>
/// <param name="Name">What the reviewed folder is called.</param>
/// <param name="Files">Its files.</param>
internal sealed record ReviewedFiles(string Name, IReadOnlyList<ReviewedFile> Files)
{
    /// <summary>What the reviewers debated.</summary>
    public IReadOnlyList<DebatedFinding> Debates { get; init; } = [];

    /// <summary>How many files were analysed.</summary>
    public int Analyzed => Files.Count(f => f.Failure is null);

    /// <summary>The findings with their files, those left out of results not included.</summary>
    public IEnumerable<(string File, Finding Finding)> Findings =>
        Files.SelectMany(f => f.Analysis?.Findings.Select(finding => (f.File, finding)) ?? []);

    /// <summary>How many findings of one severity.</summary>
    public int Count(FindingSeverity severity) => Findings.Count(f => f.Finding.Severity == severity);

    /// <summary>How many findings the diffs remove, by rule.</summary>
    public IReadOnlyDictionary<string, int> Fixed { get; } = Files
        .SelectMany(f => f.Fixes?.Fixed ?? new Dictionary<string, int>())
        .GroupBy(rule => rule.Key, StringComparer.Ordinal)
        .OrderByDescending(g => g.Sum(r => r.Value)).ThenBy(g => g.Key, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.Sum(r => r.Value));
}
