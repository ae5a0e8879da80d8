using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Report;

/// <summary>How much attention a file needs. A plain sum, so that a reader can follow it.</summary>
internal static class Risk
{
    /// <summary>Said in the report.</summary>
    public const string Formula =
        "20 for each error, 5 for each warning, 1 for each suggestion; for each of its most complex methods the complexity above 10 and the nesting above 3";

    private const int UsualComplexity = 10;
    private const int UsualNesting = 3;

    /// <summary>The risk of a file; 0 when there is nothing to say about it.</summary>
    public static int Of(FileAnalysis analysis) =>
        analysis.Findings.Sum(f => Weight(f.Severity)) + (analysis.Metrics?.Methods.Sum(Of) ?? 0);

    private static int Of(MethodMetrics method) =>
        Math.Max(0, method.Complexity - UsualComplexity) + Math.Max(0, method.Nesting - UsualNesting);

    private static int Weight(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => 20,
        FindingSeverity.Warning => 5,
        _ => 1,
    };
}
