using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Analysis;

/// <summary>Keeps a result below what a queue takes: the least grave findings are left out first, and counted.</summary>
internal static class FindingLimit
{
    private const int MaxMessageLength = 1000;

    /// <summary>The analysis, shortened if it must be.</summary>
    public static FileAnalysis Apply(FileAnalysis analysis)
    {
        var findings = analysis.Findings.Select(Shorten).ToList();
        var sizes = findings.Select(ResultSize.Of).ToList();
        var room = ResultSize.Max - ResultSize.Of(analysis with { Findings = [] });
        var kept = Enumerable.Range(0, findings.Count)
            .OrderByDescending(i => findings[i].Severity).ThenBy(i => i)
            .TakeWhile(i => (room -= sizes[i] + 1) >= 0)
            .Order()
            .Select(i => findings[i])
            .ToList();
        return analysis with { Findings = kept, Omitted = findings.Count - kept.Count };
    }

    private static Finding Shorten(Finding finding) =>
        finding.Message.Length <= MaxMessageLength ? finding : finding with { Message = finding.Message[..MaxMessageLength] + "…" };
}
