using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TaskPlatform.Worker.Fixing;

/// <summary>The analyzers that a project builds with itself, as far as they can warn: suggestions break no build.</summary>
internal static class OwnAnalyzers
{
    private const string BulkSetting = "dotnet_analyzer_diagnostic.";

    /// <summary>The analyzers of a document's project that may warn about it.</summary>
    public static async Task<ImmutableArray<DiagnosticAnalyzer>> OfAsync(Document document, CancellationToken cancellationToken)
    {
        var tree = (await document.GetSyntaxTreeAsync(cancellationToken))!;
        var all = document.Project.AnalyzerReferences.SelectMany(r => r.GetAnalyzers(LanguageNames.CSharp));
        var settings = document.Project.AnalyzerOptions.AnalyzerConfigOptionsProvider.GetOptions(tree);
        if (settings.Keys.Any(k => k.StartsWith(BulkSetting, StringComparison.Ordinal))) return [.. all];
        var options = document.Project.CompilationOptions!;
        return [.. all.Where(a => a.SupportedDiagnostics.Any(d => MayWarn(d, options, tree, cancellationToken)))];
    }

    private static bool MayWarn(DiagnosticDescriptor rule, CompilationOptions options, SyntaxTree tree, CancellationToken cancellationToken)
    {
        // The severity of a style rule may stand at the style's own setting, "style = value:warning".
        if (rule.Id.StartsWith("IDE", StringComparison.Ordinal)) return true;
        if (options.SyntaxTreeOptionsProvider is { } settings
            && (settings.TryGetDiagnosticValue(tree, rule.Id, cancellationToken, out var set)
                || settings.TryGetGlobalDiagnosticValue(rule.Id, cancellationToken, out set)))
            return set is ReportDiagnostic.Warn or ReportDiagnostic.Error || (set == ReportDiagnostic.Default && WarnsByDefault(rule));
        return rule.GetEffectiveSeverity(options) is ReportDiagnostic.Warn or ReportDiagnostic.Error;
    }

    private static bool WarnsByDefault(DiagnosticDescriptor rule) => rule.IsEnabledByDefault && rule.DefaultSeverity >= DiagnosticSeverity.Warning;
}
