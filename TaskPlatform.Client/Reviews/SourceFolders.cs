namespace TaskPlatform.Client.Reviews;

/// <summary>Which folders of a checkout hold code that somebody wrote.</summary>
public static class SourceFolders
{
    private static readonly HashSet<string> Skipped =
        new(["bin", "obj", "artifacts", "node_modules"], StringComparer.OrdinalIgnoreCase);

    /// <summary>All files below the folder whose name ends so, build output and hidden folders left out, in the order of their names.</summary>
    public static IEnumerable<string> Files(string folder, string ending) =>
        Directory.EnumerateFiles(folder).Where(f => f.EndsWith(ending, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)
            .Concat(Children(folder).SelectMany(child => Files(child, ending)));

    /// <summary>The folders right below, without those that hold no written code, and without links, which could lead round in circles.</summary>
    public static IEnumerable<string> Children(string folder) =>
        Directory.EnumerateDirectories(folder)
            .Where(d => !Path.GetFileName(d).StartsWith('.') && !Skipped.Contains(Path.GetFileName(d)) && new DirectoryInfo(d).LinkTarget is null)
            .Order(StringComparer.Ordinal);

    /// <summary>The folder itself and the ones above it, up to and with the last one.</summary>
    public static IEnumerable<string> Upward(string folder, string last)
    {
        for (var f = folder; f is not null; f = Path.GetDirectoryName(f))
        {
            yield return f;
            if (string.Equals(f, last, StringComparison.Ordinal)) yield break;
        }
    }
}
