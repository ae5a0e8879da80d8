using System.Text;
using System.Text.RegularExpressions;
using TaskPlatform.Client.Reviews;

namespace TaskPlatform.Api.Reviews;

/// <summary>What the <c>.gitignore</c> files of a folder and those above it leave out, as git reads them: the last rule that fits decides.</summary>
/// <param name="root">The topmost folder whose rules count.</param>
internal sealed class IgnoredFiles(string root)
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, IReadOnlyList<Rule>> _rules = new(StringComparer.Ordinal);

    /// <summary>Whether a file or folder is ignored; whether one above it is, is the caller's to ask.</summary>
    public bool Has(string path, bool isFolder)
    {
        var decision = SourceFolders.Upward(Path.GetDirectoryName(path)!, root)
            .Select(folder => Decide(folder, path, isFolder))
            .FirstOrDefault(d => d is not null);
        return decision ?? false;
    }

    private bool? Decide(string folder, string path, bool isFolder)
    {
        var relative = Path.GetRelativePath(folder, path).Replace('\\', '/');
        return RulesOf(folder).LastOrDefault(r => (isFolder || !r.FoldersOnly) && r.Pattern.IsMatch(relative))?.Ignores;
    }

    private IReadOnlyList<Rule> RulesOf(string folder)
    {
        if (_rules.TryGetValue(folder, out var known)) return known;
        var file = Path.Combine(folder, ".gitignore");
        return _rules[folder] = File.Exists(file) ? [.. File.ReadLines(file).Select(Parse).OfType<Rule>()] : [];
    }

    private static Rule? Parse(string line)
    {
        var pattern = line.TrimEnd();
        if (pattern.Length == 0 || pattern[0] == '#') return null;
        var ignores = pattern[0] != '!';
        if (!ignores) pattern = pattern[1..];
        var foldersOnly = pattern.EndsWith('/');
        pattern = pattern.TrimEnd('/');
        // A slash within ties a pattern to its own folder; without one it fits at any depth.
        var anywhere = !pattern.Contains('/');
        var text = $@"\A{(anywhere ? "(?:.*/)?" : "")}{Translate(pattern.TrimStart('/'))}\z";
        return new Rule(new Regex(text, RegexOptions.CultureInvariant, MatchLimit), ignores, foldersOnly);
    }

    private static string Translate(string pattern)
    {
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var rest = pattern.AsSpan(i);
            if (rest.StartsWith("**/")) (text, i) = (text.Append("(?:.*/)?"), i + 2);
            else if (rest.StartsWith("**")) (text, i) = (text.Append(".*"), i + 1);
            else if (rest[0] == '[' && rest.IndexOf(']') is > 1 and var end) (text, i) = (text.Append(Class(rest[1..end])), i + end);
            else text.Append(rest[0] switch { '*' => "[^/]*", '?' => "[^/]", var c => Regex.Escape(c.ToString()) });
        }

        return text.ToString();
    }

    private static string Class(ReadOnlySpan<char> characters) =>
        characters[0] is '!' or '^' ? $"[^/{Escape(characters[1..])}]" : $"[{Escape(characters)}]";

    private static string Escape(ReadOnlySpan<char> characters) => characters.ToString().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);

    private sealed record Rule(Regex Pattern, bool Ignores, bool FoldersOnly);
}
