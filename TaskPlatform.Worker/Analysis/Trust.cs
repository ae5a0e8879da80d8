using Microsoft.CodeAnalysis;
using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Analysis;

/// <summary>
/// Which diagnostics are certainly true. Where references are missing the compiler cannot tell a wrong name from one it was not shown,
/// and analyzers guess on what is left; then only what the text itself says counts.
/// </summary>
internal static class Trust
{
    /// <summary>Keeps the findings that are true, and says what is in doubt.</summary>
    /// <param name="diagnostics">All that was said of a file.</param>
    /// <param name="incompleteBecause">Why references may be missing; unset when none are.</param>
    public static (IReadOnlyList<Finding> Findings, string? Doubt) Sift(IReadOnlyList<Diagnostic> diagnostics, string? incompleteBecause)
    {
        if (incompleteBecause is null) return (All(diagnostics), null);
        var unresolved = diagnostics.Count(Findings.IsUnresolved);
        return unresolved == 0
            ? (All(diagnostics), incompleteBecause)
            : (All(diagnostics.Where(Findings.IsSyntax)),
                $"{incompleteBecause}; {unresolved} names or types could not be resolved, so only its syntax was checked");
    }

    private static IReadOnlyList<Finding> All(IEnumerable<Diagnostic> diagnostics) => [.. diagnostics.Select(Findings.From)];
}
