using System.Globalization;
using Microsoft.CodeAnalysis;
using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Analysis;

/// <summary>Diagnostics as findings.</summary>
internal static class Findings
{
    /// <summary>A diagnostic as it is reported.</summary>
    public static Finding From(Diagnostic diagnostic)
    {
        var place = diagnostic.Location.GetLineSpan().StartLinePosition;
        return new Finding
        {
            Id = diagnostic.Id,
            Severity = SeverityOf(diagnostic),
            Message = diagnostic.GetMessage(CultureInfo.InvariantCulture),
            Line = place.Line + 1,
            Column = place.Character + 1,
            Category = diagnostic.Descriptor.Category,
            HelpLink = string.IsNullOrEmpty(diagnostic.Descriptor.HelpLinkUri) ? null : diagnostic.Descriptor.HelpLinkUri,
        };
    }

    /// <summary>Whether the compiler itself says it, rather than an analyzer.</summary>
    public static bool IsFromCompiler(Diagnostic diagnostic) => diagnostic.Descriptor.CustomTags.Contains(WellKnownDiagnosticTags.Compiler);

    /// <summary>Names that mean nothing, as where a package is missing; whatever else is said of such a file may be wrong.</summary>
    public static bool IsUnresolved(Diagnostic diagnostic) =>
        diagnostic.Severity == DiagnosticSeverity.Error && IsFromCompiler(diagnostic) && !IsSyntax(diagnostic);

    /// <summary>Whether the compiler says it of the text alone, which no missing reference changes.</summary>
    public static bool IsSyntax(Diagnostic diagnostic) =>
        IsFromCompiler(diagnostic) && diagnostic.Location.SourceTree!.GetDiagnostics().Any(d => d.Id == diagnostic.Id && d.Location.SourceSpan == diagnostic.Location.SourceSpan);

    // A project that makes errors of warnings does so for its own analyzers; ours would have been a warning there.
    private static FindingSeverity SeverityOf(Diagnostic diagnostic) => diagnostic.Severity switch
    {
        DiagnosticSeverity.Error when diagnostic.IsWarningAsError && !IsFromCompiler(diagnostic) => FindingSeverity.Warning,
        DiagnosticSeverity.Error => FindingSeverity.Error,
        DiagnosticSeverity.Warning => FindingSeverity.Warning,
        _ => FindingSeverity.Info,
    };

}
