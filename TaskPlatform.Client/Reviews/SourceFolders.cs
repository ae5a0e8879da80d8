namespace TaskPlatform.Client.Reviews;

/// <summary>Which folders and files of a checkout hold code that somebody wrote.</summary>
public static class SourceFolders
{
    private static readonly HashSet<string> Skipped = new(["bin", "obj", "artifacts", "node_modules"], StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Generated = [".g.cs", ".g.i.cs", ".designer.cs", ".generated.cs", ".AssemblyInfo.cs", ".AssemblyAttributes.cs"];

    /// <summary>All files below the folder whose name ends so, build output and hidden folders left out, in the order of their names.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="ending">How the names end, in any case.</param>
    /// <param name="enters">Which further folders are entered; unset: all that are not left out anyway.</param>
    public static IEnumerable<string> Files(string folder, string ending, Func<string, bool>? enters = null) =>
        Directory.EnumerateFiles(folder).Where(f => f.EndsWith(ending, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)
            .Concat(Children(folder).Where(child => enters?.Invoke(child) != false).SelectMany(child => Files(child, ending, enters)));

    /// <summary>The folder itself and the ones above it, up to and with the last one.</summary>
    public static IEnumerable<string> Upward(string folder, string last)
    {
        for (var f = folder; f is not null; f = Path.GetDirectoryName(f))
        {
            yield return f;
            if (string.Equals(f, last, StringComparison.Ordinal)) yield break;
        }
    }

    /// <summary>Whether the file's name says that a tool wrote it.</summary>
    public static bool IsGenerated(string file) => Array.Exists(Generated, e => file.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    // No links: they could lead round in circles.
    private static IEnumerable<string> Children(string folder) =>
        Directory.EnumerateDirectories(folder)
            .Where(d => !Path.GetFileName(d).StartsWith('.') && !Skipped.Contains(Path.GetFileName(d)) && new DirectoryInfo(d).LinkTarget is null)
            .Order(StringComparer.Ordinal);
}
