using System.Collections.Immutable;
using System.Globalization;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine;

/// <summary>One line of a scenario: <c>verb subject name=value … -> what is to come of it</c>.</summary>
public sealed class ScenarioLine
{
    private readonly Dictionary<string, string> _values = [];
    private readonly HashSet<string> _read = [];

    private ScenarioLine(IEnumerable<string> words)
    {
        Words = [];
        foreach (var word in words)
        {
            if (word.Split('=', 2) is [var name, var value]) _values.Add(name, value);
            else Words.Add(word);
        }
    }

    /// <summary>The words without an equals sign; the first is the verb.</summary>
    public List<string> Words { get; }

    /// <summary>What stands behind a colon: the tasks of a graph.</summary>
    public string[] Parts { get; private init; } = [];

    /// <summary>What is to come of it; null: anything but a refusal.</summary>
    public string? Expected { get; private init; }

    public IEnumerable<KeyValuePair<string, string>> Values
    {
        get
        {
            _read.UnionWith(_values.Keys);
            return _values;
        }
    }

    public static ScenarioLine Parse(string text)
    {
        var sides = text.Split("->", 2, StringSplitOptions.TrimEntries);
        var words = sides[0].Split(": ", 2);
        return new ScenarioLine(Split(words[0]))
        {
            Parts = words.Length > 1 ? words[1].Split(';', StringSplitOptions.TrimEntries) : [],
            Expected = sides.Length > 1 ? string.Join(' ', Split(sides[1])) : null,
        };
    }

    public string Subject => Words[1];

    public string? Get(string name)
    {
        _read.Add(name);
        return _values.GetValueOrDefault(name);
    }

    public int? Number(string name) => Get(name) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : null;

    public double? Fraction(string name) => Get(name) is { } value ? double.Parse(value, CultureInfo.InvariantCulture) : null;

    public long? Ms(string name) => Get(name) is { } value ? Duration(value) : null;

    public string[] List(string name) => Get(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];

    public ImmutableSortedSet<string> Set(string name) => List(name).ToImmutableSortedSet(StringComparer.Ordinal);

    /// <summary>Values by pattern of key: <c>k=2,x*=1</c> is written <c>k:2,x*:1</c>; <c>none</c> takes all away.</summary>
    public KeyPatterns<T>? Patterns<T>(string name, Func<string, T> read)
    {
        if (Get(name) is null) return null;
        var pairs = Get(name) == "none" ? [] : List(name).Select(pair => pair.Split(':', 2));
        return new(pairs.Select(pair => KeyValuePair.Create(pair[0], read(pair[1]))));
    }

    /// <summary>Tokens, or tokens and cost: <c>100</c>, <c>100+2.5</c>, <c>+2.5</c>.</summary>
    public TaskBudget? Budget(string name) => Get(name) is { } value ? Amount(value) : null;

    /// <summary>A budget key's limit: <c>100</c>, <c>100/1h</c>, <c>100/1h/fail</c>, <c>100//route</c>.</summary>
    public static BudgetLimit BudgetLimit(string word)
    {
        var words = word.Split('/');
        var then = words.Length > 2 ? Enum.Parse<WhenExhausted>(words[2], ignoreCase: true) : WhenExhausted.Wait;
        return new(Amount(words[0]), words.Length > 1 && words[1].Length > 0 ? Duration(words[1]) : null, then);
    }

    /// <summary>So many grants in a time: <c>10/1m</c>.</summary>
    public static RateLimit Rate(string word)
    {
        var words = word.Split('/');
        return new(int.Parse(words[0], CultureInfo.InvariantCulture), Duration(words[1]));
    }

    private static TaskBudget Amount(string word)
    {
        var words = word.Split('+');
        return new(
            words[0].Length == 0 ? null : long.Parse(words[0], CultureInfo.InvariantCulture),
            words.Length > 1 ? double.Parse(words[1], CultureInfo.InvariantCulture) : null);
    }

    /// <summary>A scenario that says something nobody reads would test less than it seems to.</summary>
    public void AssertAllRead() => Assert.True(_values.Keys.All(_read.Contains), $"Not understood: {string.Join(", ", _values.Keys.Except(_read))}");

    /// <summary>Milliseconds of <c>250ms</c>, <c>30s</c>, <c>10m</c>, <c>24h</c>, with an optional sign.</summary>
    public static long Duration(string word)
    {
        var digits = word.TrimEnd('m', 's', 'h');
        var unit = word[digits.Length..] switch
        {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            var other => throw new FormatException($"'{other}' is no unit of time; use ms, s, m or h."),
        };
        return long.Parse(digits, CultureInfo.InvariantCulture) * unit;
    }

    public static EdgeKind Edge(string word) => TaskPlatform.Engine.Words.Edge(word) ?? throw new FormatException($"'{word}' is no edge.");

    private static string[] Split(string side) => side.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
