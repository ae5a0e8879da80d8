using System.Globalization;
using System.Text;
using DiffPlex;
using DiffPlex.Chunkers;
using DiffPlex.Model;

namespace TaskPlatform.Worker.Fixing;

/// <summary>
/// Writes the difference of two texts for <c>git apply</c>. Lines end at line feeds and keep whatever stands before one, so that carriage
/// returns, a byte order mark and a missing end of line come out byte for byte.
/// </summary>
/// <remarks>
/// There is no <c>diff --git</c> line on purpose: with one, git takes the paths from the top of its repository, and a review of a folder
/// below it would silently apply to nothing.
/// </remarks>
internal static class UnifiedDiff
{
    private const int Context = 3;

    private static readonly CustomFunctionChunker Lines = new(SplitLines);

    /// <summary>The diff of one file; empty when the texts are the same.</summary>
    /// <param name="file">The file's path from where the diff is to be applied, with <c>/</c>.</param>
    /// <param name="before">The text as it stands.</param>
    /// <param name="after">The text as it should be.</param>
    public static string Create(string file, string before, string after)
    {
        var diff = Differ.Instance.CreateDiffs(before, after, ignoreWhiteSpace: false, ignoreCase: false, Lines);
        if (diff.DiffBlocks.Count == 0) return "";

        var text = new StringBuilder().Append("--- ").Append(Name("a/" + file)).Append('\n').Append("+++ ").Append(Name("b/" + file)).Append('\n');
        foreach (var hunk in Hunks(diff.DiffBlocks)) Append(text, diff, hunk);
        return text.ToString();
    }

    // Changes closer than twice the context share a hunk, as in git.
    private static IEnumerable<List<DiffBlock>> Hunks(IList<DiffBlock> blocks)
    {
        var hunk = new List<DiffBlock>();
        foreach (var block in blocks)
        {
            if (hunk.Count > 0 && block.DeleteStartA - (hunk[^1].DeleteStartA + hunk[^1].DeleteCountA) > 2 * Context)
            {
                yield return hunk;
                hunk = [];
            }

            hunk.Add(block);
        }

        yield return hunk;
    }

    private static void Append(StringBuilder text, DiffResult diff, List<DiffBlock> hunk)
    {
        var (first, last) = (hunk[0], hunk[^1]);
        var startA = Math.Max(0, first.DeleteStartA - Context);
        var endA = Math.Min(diff.PiecesOld.Count, last.DeleteStartA + last.DeleteCountA + Context);
        var startB = first.InsertStartB - (first.DeleteStartA - startA);
        var endB = last.InsertStartB + last.InsertCountB + (endA - last.DeleteStartA - last.DeleteCountA);
        text.Append(CultureInfo.InvariantCulture, $"@@ -{Range(startA, endA)} +{Range(startB, endB)} @@\n");

        var a = startA;
        foreach (var block in hunk)
        {
            AppendLines(text, ' ', diff.PiecesOld, a, block.DeleteStartA);
            a = block.DeleteStartA + block.DeleteCountA;
            AppendLines(text, '-', diff.PiecesOld, block.DeleteStartA, a);
            AppendLines(text, '+', diff.PiecesNew, block.InsertStartB, block.InsertStartB + block.InsertCountB);
        }

        AppendLines(text, ' ', diff.PiecesOld, a, endA);
    }

    // An empty range is named by the line before it.
    private static string Range(int start, int end)
    {
        var count = end - start;
        var line = count == 0 ? start : start + 1;
        return count == 1 ? line.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{line},{count}");
    }

    private static void AppendLines(StringBuilder text, char mark, IReadOnlyList<string> lines, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            text.Append(mark).Append(lines[i]);
            if (!lines[i].EndsWith('\n')) text.Append("\n\\ No newline at end of file\n");
        }
    }

    // A name with a space ends at a tab; one with quotes, backslashes or control characters is written as a C string.
    private static string Name(string path)
    {
        if (!path.Any(c => c is '"' or '\\' || char.IsControl(c))) return path.Contains(' ') ? path + '\t' : path;
        var quoted = new StringBuilder("\"");
        foreach (var c in path)
            _ = c is '"' or '\\' ? quoted.Append('\\').Append(c)
                : char.IsControl(c) ? quoted.Append('\\').Append(Convert.ToString(c, 8).PadLeft(3, '0'))
                : quoted.Append(c);
        return quoted.Append('"').ToString();
    }

    private static string[] SplitLines(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }

        return [.. lines];
    }
}
