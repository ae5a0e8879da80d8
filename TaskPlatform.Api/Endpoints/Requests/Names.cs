using System.Buffers;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>What names may look like.</summary>
public static class Names
{
    /// <summary>For sentences: what a queue's name may be.</summary>
    public const string QueueRule = "must be 1 to 64 of a-z, 0-9, '.', '_' and '-', and begin with a letter or a digit";

    /// <summary>For sentences: what an id may be.</summary>
    public const string IdRule = "must be 1 to 128 of A-Z, a-z, 0-9, '.', '_', ':' and '-'";

    /// <summary>For sentences: what a task type or a capability may be.</summary>
    public const string WordRule = "must be 1 to 128 characters without control characters";

    /// <summary>For sentences: what a schedule's name may be.</summary>
    public const string NameRule = "must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', ':' and '-'";

    /// <summary>For sentences: what a pattern of keys may be.</summary>
    public const string PatternRule = "must be 1 to 128 of A-Z, a-z, 0-9, '.', '_', ':', '-' and '*'";

    /// <summary>For sentences: what a label's name may be.</summary>
    public const string LabelRule = "a label's name must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-' and '/'";

    /// <summary>For sentences: what the name of a label may be that a caller sets.</summary>
    public const string FreeLabelRule = $"{LabelRule}, and not begin with '{FederationMarks.LabelPrefix}'";

    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Digits = "0123456789";

    private static readonly SearchValues<char> QueueStart = SearchValues.Create(Lower + Digits);
    private static readonly SearchValues<char> QueueRest = SearchValues.Create(Lower + Digits + "._-");
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(Lower + Lower.ToUpperInvariant() + Digits + "._:-");
    private static readonly SearchValues<char> PatternCharacters = SearchValues.Create(Lower + Lower.ToUpperInvariant() + Digits + "._:-*");
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create(Lower + Lower.ToUpperInvariant() + Digits + "._-/");

    /// <summary>Whether it can be a queue's name.</summary>
    public static bool IsQueue(ReadOnlySpan<char> name)
        => name.Length is >= 1 and <= 64 && QueueStart.Contains(name[0]) && !name.ContainsAnyExcept(QueueRest);

    /// <summary>Whether it can be the id of a task, a graph, an agent, an instance or a claim, or a key that tasks share.</summary>
    public static bool IsId(ReadOnlySpan<char> id) => id.Length is >= 1 and <= 128 && !id.ContainsAnyExcept(IdCharacters);

    /// <summary>Whether it can be a schedule's name.</summary>
    public static bool IsName(ReadOnlySpan<char> name) => name.Length <= RequestLimits.NameLength && IsId(name);

    /// <summary>Whether it can be a pattern of keys.</summary>
    public static bool IsPattern(ReadOnlySpan<char> pattern) => pattern.Length is >= 1 and <= 128 && !pattern.ContainsAnyExcept(PatternCharacters);

    /// <summary>Whether it can be a task type or a capability.</summary>
    public static bool IsWord(ReadOnlySpan<char> word)
    {
        if (word.Length is < 1 or > RequestLimits.WordLength) return false;
        foreach (var character in word)
        {
            if (char.IsControl(character)) return false;
        }
        return true;
    }

    /// <summary>Whether it can be the name of a label that callers set: those of lent tasks are set by the service alone.</summary>
    public static bool IsFreeLabel(ReadOnlySpan<char> name) => IsLabel(name) && !name.StartsWith(FederationMarks.LabelPrefix, StringComparison.Ordinal);

    /// <summary>Whether it can be a label's name.</summary>
    public static bool IsLabel(ReadOnlySpan<char> name)
        => name.Length is >= 1 and <= RequestLimits.LabelNameLength && !name.ContainsAnyExcept(LabelCharacters);
}
