using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TaskPlatform.Worker.Analysis;

/// <summary>
/// Everything the compiler and the analyzers say about a project, by file. A project is analysed as a whole and once: many rules look at
/// the whole project anyway, and asking file by file would bind it again for each.
/// </summary>
internal sealed class ProjectFindings
{
    // What the compiler says when an analyzer throws. It is a defect of the analyzer, not of the code.
    private const string AnalyzerThrew = "AD0001";

    private readonly ILookup<string, Diagnostic> _byFile;

    private ProjectFindings(IEnumerable<Diagnostic> diagnostics) =>
        _byFile = diagnostics
            .Where(d => d.Severity > DiagnosticSeverity.Hidden && d.Id != AnalyzerThrew && d.Location.IsInSource)
            .DistinctBy(d => (d.Id, d.Location.SourceTree!.FilePath, d.Location.SourceSpan, d.GetMessage()))
            .ToLookup(d => d.Location.SourceTree!.FilePath, StringComparer.Ordinal);

    /// <summary>Analyses a project.</summary>
    public static async Task<ProjectFindings> CollectAsync(Project project, AnalyzerSet analyzers, CancellationToken cancellationToken)
    {
        var compilation = await project.GetCompilationAsync(cancellationToken)
            ?? throw new InvalidOperationException($"The project {project.Name} cannot be compiled.");
        var analysed = compilation.WithAnalyzers(analyzers.Analyzers, Options(project));
        var found = await analysed.GetAnalyzerDiagnosticsAsync(cancellationToken);
        return new ProjectFindings(compilation.GetDiagnostics(cancellationToken).Concat(found).Where(d => !d.IsSuppressed));
    }

    /// <summary>How analyzers are run: with the project's own settings.</summary>
    public static CompilationWithAnalyzersOptions Options(Project project) =>
        new(project.AnalyzerOptions, onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false);

    /// <summary>A file's diagnostics in the order of their places; none hidden, none suppressed.</summary>
    public IReadOnlyList<Diagnostic> In(string file) =>
        [.. _byFile[file].OrderBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)];
}
