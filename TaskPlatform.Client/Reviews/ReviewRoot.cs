namespace TaskPlatform.Client.Reviews;

/// <summary>
/// The one folder below which reviews may read. Every path that a caller or a payload names is resolved here, symbolic links
/// included, so that no review reads a file its operator did not mean to show.
/// </summary>
public sealed class ReviewRoot
{
    private static readonly StringComparison PathComparison =
        OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Opens the root.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public ReviewRoot(string folder)
    {
        Folder = Real(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (!Directory.Exists(Folder))
            throw new DirectoryNotFoundException($"The root of reviews, '{folder}', is not a folder. Set Reviews:Root to an existing one.");
    }

    /// <summary>The folder's real path, without a separator at its end.</summary>
    public string Folder { get; }

    /// <summary>The real path of a file or folder, named absolutely or relative to the root; it need not exist.</summary>
    /// <exception cref="UnauthorizedAccessException">The path is, or leads by a link, outside the root.</exception>
    public string Resolve(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (path.Contains('\0')) throw new UnauthorizedAccessException("A path has no zero characters.");
        var full = Real(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, Folder)));
        return Contains(full) ? full : throw new UnauthorizedAccessException($"'{path}' is outside the root of reviews.");
    }

    /// <summary>A real path as it is written in payloads: relative to the root, with <c>/</c>; <c>.</c> for the root itself.</summary>
    public string Relative(string fullPath) => Path.GetRelativePath(Folder, fullPath).Replace('\\', '/');

    private bool Contains(string full) =>
        full.Equals(Folder, PathComparison)
        || full.StartsWith(Path.EndsInDirectorySeparator(Folder) ? Folder : Folder + Path.DirectorySeparatorChar, PathComparison);

    // Follows the links of every part of the path, not only of its end.
    private static string Real(string full)
    {
        var real = Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Join(real, part);
            FileSystemInfo entry = Directory.Exists(real) ? new DirectoryInfo(real) : new FileInfo(real);
            if (entry.LinkTarget is not null) real = Real(entry.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
        }

        return real;
    }
}
