using Microsoft.CodeAnalysis;
using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Projects;

/// <summary>Which files decide what a project compiles, and how.</summary>
internal static class BuildFiles
{
    private static readonly string[] Inherited =
    [
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "NuGet.config", "nuget.config",
        ".editorconfig", ".globalconfig",
    ];

    /// <summary>The folder's project files in the order of their names.</summary>
    public static IEnumerable<string> ProjectsIn(string folder) =>
        Directory.EnumerateFiles(folder, "*.csproj").Order(StringComparer.Ordinal);

    /// <summary>The files of a project whose change makes what was loaded of it out of date: its own and those of the projects it references.</summary>
    public static IEnumerable<string> Of(Project project, string root)
    {
        var graph = project.Solution.GetProjectDependencyGraph();
        return graph.GetProjectsThatThisProjectTransitivelyDependsOn(project.Id).Append(project.Id)
            .Select(id => project.Solution.GetProject(id)!)
            .Where(p => p.FilePath is not null)
            .SelectMany(p => OfOne(p, root));
    }

    /// <summary>The configuration files that count in a folder, its own and those of the folders above it up to the root.</summary>
    public static IEnumerable<string> InheritedBy(string folder, string root) =>
        SourceFolders.Upward(folder, root).SelectMany(f => Inherited.Select(name => Path.Combine(f, name)));

    private static IEnumerable<string> OfOne(Project project, string root)
    {
        var folder = Path.GetDirectoryName(project.FilePath)!;
        return SourceFolders.Files(folder, ".cs")
            .Concat(project.Documents.Select(d => d.FilePath).OfType<string>().Where(IsWritten))
            .Concat(InheritedBy(folder, root))
            .Append(project.FilePath!);
    }

    // A build rewrites what lies in obj; that is no change of the source.
    private static bool IsWritten(string path) =>
        !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.OrdinalIgnoreCase);
}
