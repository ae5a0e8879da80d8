using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Lists, labels, and values that belong to their authors.</summary>
internal sealed partial class FieldReader
{
    /// <summary>A JSON value as it came, byte for byte, in memory of its own; <c>null</c> is a value.</summary>
    public ReadOnlyMemory<byte>? Value(string name, bool isRequired = false)
    {
        if (FindOrNull(name) is not { } value)
        {
            if (isRequired && _isReadable) _errors.Add(PathOf(name), Required);
            return null;
        }
        var utf8 = JsonMarshal.GetRawUtf8Value(value);
        if (utf8.Length <= RequestLimits.ValueBytes) return utf8.ToArray();
        _errors.AddTooLarge(PathOf(name), $"must not have more than {RequestLimits.ValueBytes} bytes");
        return null;
    }

    /// <summary>A set of task types or capabilities; null when the field is missing.</summary>
    public ImmutableSortedSet<string>? Words(string name, bool isRequired = false)
    {
        if (Array(name, 0, RequestLimits.Words, isRequired) is not { } array) return null;
        var words = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            var word = item.ValueKind == JsonValueKind.String ? item.GetString() : null;
            if (word is not null && Names.IsWord(word)) words.Add(word);
            else _errors.Add(PathOf(name, index), Names.WordRule);
            index++;
        }
        return words.ToImmutable();
    }

    /// <summary>Different texts, in their order; none when the field is missing.</summary>
    public ImmutableArray<string> Texts(string name, int most, int mostLength)
    {
        if (Array(name, 0, most, isRequired: false) is not { } array) return [];
        var texts = ImmutableArray.CreateBuilder<string>();
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            var text = item.ValueKind == JsonValueKind.String ? item.GetString()! : "";
            if (text.Length < 1 || text.Length > mostLength) _errors.Add(PathOf(name, index), $"must be a string of 1 to {mostLength} characters");
            else if (texts.Contains(text)) _errors.Add(PathOf(name, index), "stands there a second time");
            else texts.Add(text);
            index++;
        }
        return texts.DrainToImmutable();
    }

    /// <summary>Names with values.</summary>
    public ImmutableSortedDictionary<string, string> Labels(string name)
    {
        if (LabelsOrNull(name) is not { } labels) return ImmutableSortedDictionary<string, string>.Empty;
        var read = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var label in labels.EnumerateObject())
        {
            if (Label(label, PathOf(name)) is { } value) read[label.Name] = value;
        }
        return read.ToImmutable();
    }

    /// <summary>Names with values to set, or with <c>null</c> to take away; null when the field is missing.</summary>
    public ImmutableSortedDictionary<string, string?>? NewLabels(string name)
    {
        if (LabelsOrNull(name) is not { } labels) return null;
        var read = ImmutableSortedDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
        foreach (var label in labels.EnumerateObject())
        {
            if (label.Value.ValueKind == JsonValueKind.Null && Names.IsFreeLabel(label.Name)) read[label.Name] = null;
            else if (Label(label, PathOf(name)) is { } value) read[label.Name] = value;
        }
        return read.ToImmutable();
    }

    /// <summary>Values by pattern of key; null when the field is missing.</summary>
    /// <param name="name">The field.</param>
    /// <param name="read">Reads the value of a key from the map; what it gives for a wrong one is of no account.</param>
    public KeyPatterns<T>? Patterns<T>(string name, Func<FieldReader, string, T> read)
    {
        if (Find(name, JsonValueKind.Object, "must be a JSON object") is not { } element) return null;
        var values = new List<KeyValuePair<string, T>>();
        if (element.GetPropertyCount() > RequestLimits.KeyPatterns) _errors.Add(PathOf(name), $"must not have more than {RequestLimits.KeyPatterns} keys");
        var map = new FieldReader(element, PathOf(name), _errors);
        foreach (var entry in element.EnumerateObject())
        {
            if (!Names.IsPattern(entry.Name)) map.Refuse(Shorten(entry.Name), Names.PatternRule);
            else if (entry.Value.ValueKind == JsonValueKind.Null) map.Refuse(entry.Name, Required);
            else values.Add(new(entry.Name, read(map, entry.Name)));
        }
        return new KeyPatterns<T>(values);
    }

    /// <summary>The items of a list, each with its path. None when the list itself is wrong.</summary>
    public IEnumerable<(JsonElement Element, string Path)> Items(string name, int least, int most, bool isRequired = false)
    {
        if (Array(name, least, most, isRequired) is not { } array) yield break;
        var index = 0;
        foreach (var item in array.EnumerateArray()) yield return (item, PathOf(name, index++));
    }

    private JsonElement? Array(string name, int least, int most, bool isRequired)
    {
        if (Find(name, JsonValueKind.Array, "must be a list", isRequired) is not { } array) return null;
        var length = array.GetArrayLength();
        if (length >= least && length <= most) return array;
        if (length < least) _errors.Add(PathOf(name), $"must have {least} items at least");
        else if (most < RequestLimits.ChildTasks) _errors.Add(PathOf(name), $"must not have more than {most} items");
        else _errors.AddTooLarge(PathOf(name), $"must not have more than {most} items");
        return null;
    }

    private JsonElement? LabelsOrNull(string name)
    {
        var labels = Find(name, JsonValueKind.Object, "must be a JSON object of strings");
        if (labels?.GetPropertyCount() > RequestLimits.Labels) _errors.Add(PathOf(name), $"must not have more than {RequestLimits.Labels} labels");
        return labels;
    }

    private string? Label(JsonProperty label, string path)
    {
        var value = label.Value.ValueKind == JsonValueKind.String ? label.Value.GetString() : null;
        if (!Names.IsFreeLabel(label.Name)) _errors.Add($"{path}.{Shorten(label.Name)}", Names.FreeLabelRule);
        else if (value is null || value.Length > RequestLimits.LabelValueLength)
            _errors.Add($"{path}.{label.Name}", $"must be a string of at most {RequestLimits.LabelValueLength} characters");
        else return value;
        return null;
    }

    private string PathOf(string name, int index) => $"{PathOf(name)}[{index}]";
}
