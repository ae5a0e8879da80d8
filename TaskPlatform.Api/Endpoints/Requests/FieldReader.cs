using System.Text;
using System.Text.Json;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>
/// Reads one JSON object field by field. What is wrong is noted and reading goes on, so that the answer names every bad field at once.
/// A field that is missing, or <c>null</c> where that is no value, reads as null.
/// </summary>
internal sealed partial class FieldReader
{
    private const string Required = "is required";

    private readonly JsonElement _object;
    private readonly bool _isReadable = true;
    private readonly string _path;
    private readonly RequestErrors _errors;
    private readonly List<string> _asked = new(24);
    private int _found;

    /// <param name="element">The object; null reads as an empty one.</param>
    /// <param name="path">Where it stands in the body; empty for the body itself.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public FieldReader(JsonElement? element, string path, RequestErrors errors)
    {
        (_path, _errors) = (path, errors);
        if (element is { ValueKind: JsonValueKind.Object } value) _object = value;
        else if (element is not null)
        {
            _isReadable = false;
            errors.Add(path.Length == 0 ? "body" : path, "must be a JSON object");
        }
    }

    /// <summary>Whether a field has a value, right or wrong.</summary>
    public bool IsGiven(string name)
        => _object.ValueKind == JsonValueKind.Object && _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Text without limits on what it contains.</summary>
    public string? Text(string name, int mostBytes, bool isRequired = false)
    {
        if (Find(name, JsonValueKind.String, "must be a string", isRequired) is not { } value) return null;
        var text = value.GetString()!;
        if (Encoding.UTF8.GetByteCount(text) <= mostBytes) return text;
        _errors.AddTooLarge(PathOf(name), $"must not have more than {mostBytes} bytes");
        return null;
    }

    /// <summary>The id of a task, an agent, an instance or a claim.</summary>
    public string? Id(string name, bool isRequired = false)
        => Checked(name, Find(name, JsonValueKind.String, Names.IdRule, isRequired), text => Names.IsId(text), Names.IdRule);

    /// <summary>A task type or a capability.</summary>
    public string? Word(string name, bool isRequired = false)
        => Checked(name, Find(name, JsonValueKind.String, Names.WordRule, isRequired), text => Names.IsWord(text), Names.WordRule);

    /// <summary>One of a few words.</summary>
    /// <param name="name">The field.</param>
    /// <param name="parse">Gives what a word stands for, or null.</param>
    /// <param name="choices">For the sentence: all words.</param>
    /// <param name="isRequired">Whether it must be there.</param>
    public T? Choice<T>(string name, Func<string, T?> parse, string choices, bool isRequired = false) where T : struct
    {
        var rule = $"must be {choices}";
        if (Find(name, JsonValueKind.String, rule, isRequired) is not { } value) return null;
        var chosen = parse(value.GetString()!);
        if (chosen is null) _errors.Add(PathOf(name), rule);
        return chosen;
    }

    /// <summary>True or false.</summary>
    public bool? Flag(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        _errors.Add(PathOf(name), "must be true or false");
        return null;
    }

    /// <summary>An object in this one; null when it is missing.</summary>
    public FieldReader? Object(string name, bool isRequired = false)
        => Find(name, JsonValueKind.Object, "must be a JSON object", isRequired) is { } value ? new FieldReader(value, PathOf(name), _errors) : null;

    /// <summary>An item of one of its lists.</summary>
    public FieldReader Below(JsonElement item, string path) => new(item, path, _errors);

    /// <summary>Fields that have no place here: never ignored in silence.</summary>
    /// <param name="message">Why not.</param>
    /// <param name="names">The fields.</param>
    public void RefuseGiven(string message, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Find(name) is not null) _errors.Add(PathOf(name), message);
        }
    }

    /// <summary>Says what is wrong with a field, where reading it alone could not tell.</summary>
    public void Refuse(string name, string message) => _errors.Add(PathOf(name), message);

    /// <summary>Says what is wrong with the object as a whole.</summary>
    public void RefuseWhole(string message) => _errors.Add(_path.Length == 0 ? "body" : _path, message);

    /// <summary>Says that a field is too large, where its parts alone could not tell.</summary>
    public void RefuseSize(string name, int mostBytes) => _errors.AddTooLarge(PathOf(name), $"must not have more than {mostBytes} bytes");

    /// <summary>Refuses every field that was not asked for. To be called last.</summary>
    public void RefuseUnknown()
    {
        if (_object.ValueKind != JsonValueKind.Object || _object.GetPropertyCount() == _found) return;
        foreach (var property in _object.EnumerateObject())
        {
            if (!_asked.Contains(property.Name)) _errors.Add(PathOf(Shorten(property.Name)), "is not a field of this request");
        }
    }

    private static string Shorten(string name) => name.Length <= 100 ? name : $"{name.AsSpan(0, 100)}…";

    private string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private string? Checked(string name, JsonElement? value, Func<string, bool> isRight, string rule)
    {
        if (value?.GetString() is not { } text) return null;
        if (isRight(text)) return text;
        _errors.Add(PathOf(name), rule);
        return null;
    }

    /// <summary>The field's value; null is taken for missing.</summary>
    private JsonElement? Find(string name, bool isRequired = false)
    {
        if (FindOrNull(name) is { ValueKind: not JsonValueKind.Null } value) return value;
        if (isRequired && _isReadable) _errors.Add(PathOf(name), Required);
        return null;
    }

    private JsonElement? Find(string name, JsonValueKind kind, string rule, bool isRequired = false)
    {
        if (Find(name, isRequired) is not { } value) return null;
        if (value.ValueKind == kind) return value;
        _errors.Add(PathOf(name), rule);
        return null;
    }

    private JsonElement? FindOrNull(string name)
    {
        _asked.Add(name);
        if (_object.ValueKind != JsonValueKind.Object || !_object.TryGetProperty(name, out var value)) return null;
        _found++;
        return value;
    }
}
