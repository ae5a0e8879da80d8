using System.Globalization;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads what stands behind the question mark, as <see cref="FieldReader"/> reads bodies.</summary>
internal sealed class QueryReader(IQueryCollection query, RequestErrors errors)
{
    private readonly List<string> _asked = [];

    /// <summary>A value that must be there once at most; an empty one counts as missing.</summary>
    public string? Text(string name)
    {
        _asked.Add(name);
        if (!query.TryGetValue(name, out var values)) return null;
        if (values is [{ Length: > 0 } value]) return value;
        if (values.Count > 1) errors.Add(name, "must be given once");
        return null;
    }

    /// <summary>An id.</summary>
    public string? Id(string name) => Checked(name, text => Names.IsId(text), Names.IdRule);

    /// <summary>A task type.</summary>
    public string? Word(string name) => Checked(name, text => Names.IsWord(text), Names.WordRule);

    /// <summary>One of a few words.</summary>
    public T? Choice<T>(string name, Func<string, T?> parse, string choices) where T : struct
    {
        if (Text(name) is not { } text) return null;
        var chosen = parse(text);
        if (chosen is null) errors.Add(name, $"must be {choices}");
        return chosen;
    }

    /// <summary>A number within a range.</summary>
    public double? Number(string name, double least, double most)
    {
        if (Text(name) is not { } text) return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        errors.Add(name, string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most}"));
        return null;
    }

    /// <summary>A whole number within a range.</summary>
    public int? Whole(string name, int least, int most)
    {
        if (Text(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        errors.Add(name, $"must be a whole number from {least} to {most}");
        return null;
    }

    /// <summary>How long the caller waits for an end: <c>waitSeconds</c>, else not at all.</summary>
    public TimeSpan Wait() => TimeSpan.FromSeconds(Number("waitSeconds", 0, RequestLimits.WaitSeconds) ?? 0);

    /// <summary>Says what is wrong with a parameter, where reading it alone could not tell.</summary>
    public void Refuse(string name, string message) => errors.Add(name, message);

    /// <summary>Refuses every parameter that was not asked for. To be called last.</summary>
    public void RefuseUnknown()
    {
        foreach (var name in query.Keys)
        {
            if (!_asked.Contains(name, StringComparer.OrdinalIgnoreCase)) errors.Add(name, "is not a parameter of this call");
        }
    }

    private string? Checked(string name, Func<string, bool> isRight, string rule)
    {
        if (Text(name) is not { } text) return null;
        if (isRight(text)) return text;
        errors.Add(name, rule);
        return null;
    }
}
