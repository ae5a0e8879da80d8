using System.Text;
using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Worker.Sources;

/// <summary>A C# file exactly as it stands on disk: a diff is only right when every byte of it can be told.</summary>
/// <param name="FullPath">Its real path.</param>
/// <param name="Text">Its text, without the byte order mark.</param>
/// <param name="HasByteOrderMark">Whether a UTF-8 byte order mark stands before the text.</param>
internal sealed record SourceFile(string FullPath, string Text, bool HasByteOrderMark)
{
    /// <summary>Files above this size are not analysed: they are generated or data, and would cost minutes.</summary>
    public const int MaxBytes = 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text as bytes are decoded, the mark included, for diffs.</summary>
    public string TextWithMark => HasByteOrderMark ? '\uFEFF' + Text : Text;

    /// <summary>Reads a file of a review.</summary>
    /// <exception cref="UnreadableSourceException">It is outside the root, gone, too large or not UTF-8; the message is for people.</exception>
    public static async Task<SourceFile> ReadAsync(ReviewRoot root, FileToReview file, CancellationToken cancellationToken)
    {
        var fullPath = Resolve(root, file);
        try
        {
            var info = new FileInfo(fullPath);
            if (!info.Exists) throw new UnreadableSourceException("The file is no longer there.");
            if (info.Length > MaxBytes)
                throw new UnreadableSourceException($"The file has {info.Length:N0} bytes; files over {MaxBytes:N0} are not analysed.");
            return Decode(fullPath, await File.ReadAllBytesAsync(fullPath, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnreadableSourceException($"The file could not be read: {e.Message}");
        }
    }

    private static string Resolve(ReviewRoot root, FileToReview file)
    {
        try
        {
            var folder = root.Resolve(file.Path);
            var fullPath = root.Resolve(Path.Combine(folder, file.File));
            return fullPath.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                ? fullPath
                : throw new UnreadableSourceException("The file is outside the reviewed folder.");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or ArgumentException)
        {
            throw new UnreadableSourceException($"The file is refused: {e.Message}");
        }
    }

    private static SourceFile Decode(string fullPath, byte[] bytes)
    {
        var mark = Encoding.UTF8.Preamble;
        var marked = bytes.AsSpan().StartsWith(mark);
        try
        {
            return new SourceFile(fullPath, StrictUtf8.GetString(bytes.AsSpan(marked ? mark.Length : 0)), marked);
        }
        catch (DecoderFallbackException)
        {
            throw new UnreadableSourceException("The file is not UTF-8.");
        }
    }
}

/// <summary>A file cannot be reviewed, which is a result and not a failure of the task: repeating would not help.</summary>
internal sealed class UnreadableSourceException(string message) : Exception(message);
