using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace TaskPlatform.Worker.Analysis;

/// <summary>
/// Loads the analyzers' assemblies apart from this program's own. The compiler's assemblies are shared with them, or their types would
/// not be the same as ours.
/// </summary>
internal sealed class AnalyzerAssemblies(string folder) : AssemblyLoadContext("analyzers"), IAnalyzerAssemblyLoader
{
    private readonly Dictionary<string, string> _files = Directory
        .EnumerateFiles(folder, "*.dll", SearchOption.AllDirectories)
        .ToDictionary(f => Path.GetFileNameWithoutExtension(f), StringComparer.Ordinal);

    /// <summary>The assemblies' files in the order of their names.</summary>
    public IEnumerable<string> Files => _files.Values.Order(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void AddDependencyLocation(string fullPath)
    {
    }

    /// <inheritdoc/>
    public Assembly LoadFromPath(string fullPath) => LoadFromAssemblyPath(fullPath);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        _files.TryGetValue(assemblyName.Name!, out var file) ? LoadFromAssemblyPath(file) : null;
}
