using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Report;

/// <summary>A rule with all its findings.</summary>
/// <param name="Id">The rule.</param>
/// <param name="Severity">Its gravest finding.</param>
/// <param name="HelpLink">Where it is explained.</param>
/// <param name="Places">Its findings, those in the riskiest files first.</param>
internal sealed record RankedRule(string Id, FindingSeverity Severity, string? HelpLink, IReadOnlyList<(string File, Finding Finding)> Places)
{
    /// <summary>The rules, those to look at first at the top: by severity, then by count, then by the risk of the files they stand in.</summary>
    public static IReadOnlyList<RankedRule> Rank(ReviewedFiles review)
    {
        var risks = review.Files.ToDictionary(f => f.File, f => f.Risk, StringComparer.Ordinal);
        return
        [
            .. review.Findings.GroupBy(f => f.Finding.Id, StringComparer.Ordinal)
                .Select(g => new RankedRule(
                    g.Key,
                    g.Max(f => f.Finding.Severity),
                    g.First().Finding.HelpLink,
                    [.. g.OrderByDescending(f => risks[f.File]).ThenBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Finding.Line)]))
                .OrderByDescending(r => r.Severity)
                .ThenByDescending(r => r.Places.Count)
                .ThenByDescending(r => risks[r.Places[0].File])
                .ThenBy(r => r.Id, StringComparer.Ordinal),
        ];
    }
}
