using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Api.Reviews;

/// <summary>What a review of a path looks at.</summary>
/// <param name="Path">The reviewed folder, relative to the root of reviews.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Files">Its C# files, relative to the folder, in the order of their names.</param>
internal sealed record ReviewSources(string Path, string Name, IReadOnlyList<string> Files)
{
    /// <summary>Lists the C# files that people wrote: no build output, no generated or ignored files.</summary>
    /// <param name="settings">Where and how many.</param>
    /// <param name="path">What the caller asks for.</param>
    /// <exception cref="ReviewRefusedException">The path cannot be reviewed; the message says why and what to do.</exception>
    public static ReviewSources Find(ReviewSettings settings, string path)
    {
        var root = OpenRoot(settings);
        var full = Resolve(root, path);
        var (folder, files) = File.Exists(full) ? (System.IO.Path.GetDirectoryName(full)!, [full]) : (full, FilesIn(full, root));
        var sources = files.Where(IsSource).Select(f => System.IO.Path.GetRelativePath(folder, f).Replace('\\', '/')).Take(settings.MaxFiles + 1).ToList();
        if (sources.Count == 0) throw new ReviewRefusedException($"There are no C# files to review in '{path}'.");
        if (sources.Count > settings.MaxFiles)
            throw new ReviewRefusedException($"'{path}' has more than {settings.MaxFiles} C# files. Review a folder of it, or raise Reviews:MaxFiles.");
        return new ReviewSources(root.Relative(folder), System.IO.Path.GetFileName(full), sources);
    }

    private static ReviewRoot OpenRoot(ReviewSettings settings)
    {
        if (string.IsNullOrWhiteSpace(settings.Root))
            throw new ReviewRefusedException("This service may not read code. Set Reviews:Root (or the variable Reviews__Root) to the folder that may be reviewed.");
        try
        {
            return new ReviewRoot(settings.Root);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new ReviewRefusedException(e.Message);
        }
    }

    private static string Resolve(ReviewRoot root, string path)
    {
        try
        {
            var full = root.Resolve(path);
            return File.Exists(full) || Directory.Exists(full) ? full : throw new ReviewRefusedException($"'{path}' does not exist in the root of reviews.");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or ArgumentException)
        {
            throw new ReviewRefusedException($"{e.Message} Give a path inside it, absolute or relative to it.");
        }
    }

    private static IEnumerable<string> FilesIn(string folder, ReviewRoot root)
    {
        var ignored = new IgnoredFiles(root.Folder);
        return SourceFolders.Files(folder, ".cs", d => !ignored.Has(d, isFolder: true)).Where(f => !ignored.Has(f, isFolder: false));
    }

    private static bool IsSource(string file) => file.EndsWith(".cs", StringComparison.OrdinalIgnoreCase) && !SourceFolders.IsGenerated(file);
}

/// <summary>A path cannot be reviewed; the message is for the caller.</summary>
internal sealed class ReviewRefusedException(string message) : Exception(message);
