using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Lists, labels, and values that belong to their authors.</summary>
internal sealed partial class FieldReader
{
    /// <summary>A JSON value as it came, byte for byte, in memory of its own; <c>null</c> is a value.</summary>
    public ReadOnlyMemory<byte>? Value(string name)
    {
        if (FindOrNull(name) is not { } value) return null;
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

    /// <summary>Names with values.</summary>
    public ImmutableSortedDictionary<string, string> Labels(string name)
    {
        if (Find(name, JsonValueKind.Object, "must be a JSON object of strings") is not { } labels) return ImmutableSortedDictionary<string, string>.Empty;
        if (labels.GetPropertyCount() > RequestLimits.Labels) _errors.Add(PathOf(name), $"must not have more than {RequestLimits.Labels} labels");
        var read = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var label in labels.EnumerateObject()) ReadLabel(label, PathOf(name), read);
        return read.ToImmutable();
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
        else if (most < RequestLimits.GraphTasks) _errors.Add(PathOf(name), $"must not have more than {most} items");
        else _errors.AddTooLarge(PathOf(name), $"must not have more than {most} items");
        return null;
    }

    private void ReadLabel(JsonProperty label, string path, ImmutableSortedDictionary<string, string>.Builder read)
    {
        if (!Names.IsLabel(label.Name)) _errors.Add($"{path}.{Shorten(label.Name)}", Names.LabelRule);
        else if (label.Value.ValueKind != JsonValueKind.String || label.Value.GetString()!.Length > RequestLimits.LabelValueLength)
            _errors.Add($"{path}.{label.Name}", $"must be a string of at most {RequestLimits.LabelValueLength} characters");
        else read[label.Name] = label.Value.GetString()!;
    }

    private string PathOf(string name, int index) => $"{PathOf(name)}[{index}]";
}
