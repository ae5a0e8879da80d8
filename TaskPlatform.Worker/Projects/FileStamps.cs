namespace TaskPlatform.Worker.Projects;

/// <summary>Length and time of last change of files, to see cheaply whether anything that was loaded has changed since.</summary>
internal sealed class FileStamps : IEquatable<FileStamps>
{
    private readonly (string Path, long Length, DateTime Changed)[] _files;

    private FileStamps((string, long, DateTime)[] files) => _files = files;

    /// <summary>Looks at the files now; a missing one counts as such.</summary>
    public static FileStamps Take(IEnumerable<string> paths) =>
        new([.. paths.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(Stamp)]);

    /// <inheritdoc/>
    public bool Equals(FileStamps? other) => other is not null && _files.AsSpan().SequenceEqual(other._files);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FileStamps);

    /// <inheritdoc/>
    public override int GetHashCode() => _files.Length == 0 ? 0 : HashCode.Combine(_files.Length, _files[0], _files[^1]);

    private static (string, long, DateTime) Stamp(string path)
    {
        var info = new FileInfo(path);
        return info.Exists ? (path, info.Length, info.LastWriteTimeUtc) : (path, -1, default);
    }
}
