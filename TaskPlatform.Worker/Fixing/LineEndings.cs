namespace TaskPlatform.Worker.Fixing;

/// <summary>Keeps a file's way of ending lines: fixes write their own.</summary>
internal static class LineEndings
{
    /// <summary>The new text with the line endings of the old one; where the old one mixes them, as it came.</summary>
    public static string Keep(string before, string after)
    {
        var withReturn = Count(before, "\r\n");
        var all = Count(before, "\n");
        if (withReturn == 0) return after.Replace("\r\n", "\n", StringComparison.Ordinal);
        return withReturn == all ? after.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal) : after;
    }

    private static int Count(string text, string part) => text.AsSpan().Count(part);
}
