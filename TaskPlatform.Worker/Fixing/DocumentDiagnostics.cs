using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using TaskPlatform.Worker.Analysis;

namespace TaskPlatform.Worker.Fixing;

/// <summary>Diagnostics of one document alone, which is what changes from fix to fix.</summary>
internal static class DocumentDiagnostics
{
    /// <summary>What some analyzers say of a document, in the order of places; suppressed ones are left out.</summary>
    public static async Task<ImmutableArray<Diagnostic>> OfAnalyzersAsync(
        Document document, ImmutableArray<DiagnosticAnalyzer> analyzers, CancellationToken cancellationToken)
    {
        if (analyzers.IsEmpty) return [];
        var compilation = (await document.Project.GetCompilationAsync(cancellationToken))!;
        var tree = (await document.GetSyntaxTreeAsync(cancellationToken))!;
        var analysed = compilation.WithAnalyzers(analyzers, ProjectFindings.Options(document.Project));
        var syntax = await analysed.GetAnalyzerSyntaxDiagnosticsAsync(tree, cancellationToken);
        var semantic = await analysed.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(tree), filterSpan: null, cancellationToken);
        return [.. syntax.Concat(semantic)
            .Where(d => !d.IsSuppressed && d.Location.SourceTree == tree)
            .DistinctBy(d => (d.Id, d.Location.SourceSpan))
            .OrderBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)];
    }

    /// <summary>How often the compiler warns or complains about a document, by rule.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> CompilerWarningsAsync(Document document, CancellationToken cancellationToken)
    {
        var model = (await document.GetSemanticModelAsync(cancellationToken))!;
        return CountWarnings(model.GetDiagnostics(cancellationToken: cancellationToken));
    }

    /// <summary>How many diagnostics of each rule are warnings or errors.</summary>
    public static IReadOnlyDictionary<string, int> CountWarnings(IEnumerable<Diagnostic> diagnostics) =>
        diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning && !d.IsSuppressed).CountBy(d => d.Id).ToDictionary(StringComparer.Ordinal);

    /// <summary>Whether there is nothing more in the second than in the first.</summary>
    public static bool IsNoWorse(IReadOnlyDictionary<string, int> before, IReadOnlyDictionary<string, int> after) =>
        after.All(rule => rule.Value <= before.GetValueOrDefault(rule.Key));
}
