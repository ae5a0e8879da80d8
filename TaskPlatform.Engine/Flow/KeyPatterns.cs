using System.Collections.Immutable;

namespace TaskPlatform.Engine;

/// <summary>
/// Values by pattern of key. In a pattern <c>*</c> stands for any text, also none. A key's value is that of its own name, else of the fitting
/// pattern with most other characters, and among equals of the one that sorts first.
/// </summary>
public sealed class KeyPatterns<T>
{
    /// <summary>No patterns: no key has a value.</summary>
    public static readonly KeyPatterns<T> None = new([]);

    private readonly ImmutableArray<string> _wildcards;

    /// <summary>Takes patterns with their values; none twice.</summary>
    public KeyPatterns(IEnumerable<KeyValuePair<string, T>> values)
    {
        Values = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, values);
        _wildcards =
        [
            .. Values.Keys.Where(pattern => pattern.Contains('*')).OrderByDescending(pattern => pattern.Count(letter => letter != '*'))
                .ThenBy(pattern => pattern, StringComparer.Ordinal),
        ];
    }

    /// <summary>The patterns with their values, sorted.</summary>
    public ImmutableSortedDictionary<string, T> Values { get; }

    /// <summary>The value of a key, if it has one.</summary>
    public bool TryFind(string key, out T value)
    {
        if (Values.TryGetValue(key, out value!)) return true;
        foreach (var pattern in _wildcards)
        {
            if (!Fits(pattern, key)) continue;
            value = Values[pattern];
            return true;
        }
        return false;
    }

    /// <summary>Goes back to the last star where the text does not go on as the pattern does.</summary>
    private static bool Fits(string pattern, string text)
    {
        var (at, place, star, resume) = (0, 0, -1, 0);
        while (place < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*') (star, resume, at) = (at, place, at + 1);
            else if (at < pattern.Length && pattern[at] == text[place]) (at, place) = (at + 1, place + 1);
            else if (star >= 0) (at, place, resume) = (star + 1, resume + 1, resume + 1);
            else return false;
        }
        return pattern.AsSpan(at).IndexOfAnyExcept('*') < 0;
    }
}
