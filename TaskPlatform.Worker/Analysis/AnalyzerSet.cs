using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TaskPlatform.Worker.Analysis;

/// <summary>The analyzers of Roslynator and of .NET, with their code fixes, as the build laid them beside this program.</summary>
internal sealed class AnalyzerSet
{
    private readonly Lazy<ImmutableDictionary<string, CodeFixProvider>> _fixes;

    private AnalyzerSet(AnalyzerAssemblies assemblies)
    {
        Analyzers = [.. assemblies.Files.Select(f => new AnalyzerFileReference(f, assemblies)).SelectMany(AnalyzersOf)];
        _fixes = new(() => FixesIn(assemblies));
    }

    /// <summary>All analyzers for C#.</summary>
    public ImmutableArray<DiagnosticAnalyzer> Analyzers { get; }

    /// <summary>The first code fix of each rule that has one.</summary>
    public ImmutableDictionary<string, CodeFixProvider> Fixes => _fixes.Value;

    /// <summary>Loads the analyzers from the folder <c>analyzers</c> beside the program.</summary>
    /// <exception cref="InvalidOperationException">The folder is missing or has no analyzers: the program was not built completely.</exception>
    public static AnalyzerSet Load()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "analyzers");
        if (!Directory.Exists(folder)) throw new InvalidOperationException($"There are no analyzers in '{folder}'. Build TaskPlatform.Worker again.");
        var set = new AnalyzerSet(new AnalyzerAssemblies(folder));
        return set.Analyzers.IsEmpty
            ? throw new InvalidOperationException($"No analyzer in '{folder}' could be loaded. Build TaskPlatform.Worker again.")
            : set;
    }

    /// <summary>The analyzers that can report one of these rules.</summary>
    public ImmutableArray<DiagnosticAnalyzer> For(IReadOnlySet<string> rules) =>
        [.. Analyzers.Where(a => a.SupportedDiagnostics.Any(d => rules.Contains(d.Id)))];

    private static IEnumerable<DiagnosticAnalyzer> AnalyzersOf(AnalyzerFileReference file)
    {
        // An assembly without analyzers (what others build on) is no failure; one that cannot be loaded is.
        file.AnalyzerLoadFailed += (_, e) =>
        {
            if (e.ErrorCode != AnalyzerLoadFailureEventArgs.FailureErrorCode.NoAnalyzers)
                throw new InvalidOperationException($"The analyzers of '{file.FullPath}' could not be loaded: {e.Message}", e.Exception);
        };
        return file.GetAnalyzers(LanguageNames.CSharp);
    }

    private static ImmutableDictionary<string, CodeFixProvider> FixesIn(AnalyzerAssemblies assemblies)
    {
        var fixes = ImmutableDictionary.CreateBuilder<string, CodeFixProvider>(StringComparer.Ordinal);
        foreach (var provider in assemblies.Files.Select(assemblies.LoadFromPath).SelectMany(ProvidersIn))
            foreach (var rule in provider.FixableDiagnosticIds)
                fixes.TryAdd(rule, provider);
        return fixes.ToImmutable();
    }

    private static IEnumerable<CodeFixProvider> ProvidersIn(Assembly assembly) =>
        assembly.GetTypes()
            .Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(CodeFixProvider)))
            .Where(t => t.GetCustomAttribute<ExportCodeFixProviderAttribute>()?.Languages.Contains(LanguageNames.CSharp) == true)
            .OrderBy(t => t.FullName, StringComparer.Ordinal)
            .Select(t => (CodeFixProvider)Activator.CreateInstance(t, nonPublic: true)!);
}
