using System.Text;
using System.Text.Json.Nodes;

namespace TaskPlatform.Tests.Api.Mutation;

/// <summary>Makes sound JSON odd: in its values, in its structure, in its text, in its bytes.</summary>
internal static class OddJson
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "-0", "1e999", "-1e308", "1e-999", "0.1", "2147483648", "-9223372036854775809", "18446744073709551616", "1.7976931348623157e308",
        "123456789012345678901234567890123456789012345678901234567890", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "\"\\uD83D\\uDE00\"", "\"\u202e\"",
        "\"../../etc/passwd\"", "\"a\\nb\\rc\"", "\"' OR 1=1 --\"", "\"{{7*7}}\"", "\"%00\"", "\"NaN\"", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999Z\"",
        "\"2026-02-30T25:61:61Z\"", "\"1970-01-01T00:00:00+14:00\"", "[]", "{}", "[[]]", "[null]", "[{}]", "{\"\":null}", "{\"id\":{}}", "\"* * * * *\"", "\"60 24 32 13 8\"",
        "NaN", "Infinity", "+1", "01", ".5", "1.", "0x10", "'a'", "undefined", "\"\t\"", "\"\\x\"", "\"",
    ];

    /// <summary>Changes a body in one way or several.</summary>
    public static byte[] Mutate(JsonNode? body, Random random)
    {
        var root = new JsonArray(body?.DeepClone());
        var markers = new List<string>();
        for (var changes = random.Next(3); changes > 0; changes--) Change(root, markers, random);
        var text = root[0]?.ToJsonString() ?? "null";
        for (var number = 0; number < markers.Count; number++) text = text.Replace($"\"§{number}\"", markers[number], StringComparison.Ordinal);
        return random.Next(6) switch
        {
            0 => Bytes(Encoding.UTF8.GetBytes(text), random),
            1 => Encoding.UTF8.GetBytes(Text(text, random)),
            _ => Encoding.UTF8.GetBytes(text),
        };
    }

    /// <summary>Changes one place of the tree. What no tree can hold is marked, and put in once it is text.</summary>
    private static void Change(JsonArray root, List<string> markers, Random random)
    {
        var places = Places(root).ToList();
        var (parent, key) = Vocabulary.Pick(places, random);
        var marker = $"§{markers.Count}";
        switch (random.Next(7))
        {
            case 0 when parent is JsonObject fields: fields.Remove((string)key); break;
            case 1 when parent is JsonObject fields: fields[$"unknown{random.Next(3)}"] = 1; break;
            case 2 when parent is JsonObject fields: Rename(fields, (string)key, random); break;
            case 3: Set(parent, key, marker); markers.Add(Deep(random.Next(1, 130))); break;
            case 4: Set(parent, key, marker); markers.Add($"\"{Long(random)}\""); break;
            default: Set(parent, key, marker); markers.Add(Vocabulary.Pick(Values, random)); break;
        }
    }

    private static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode node) => node switch
    {
        JsonArray items => Enumerable.Range(0, items.Count).SelectMany(index => Below(items, index, items[index])),
        JsonObject fields => fields.ToList().SelectMany(field => Below(fields, field.Key, field.Value)),
        _ => [],
    };

    private static IEnumerable<(JsonNode Parent, object Key)> Below(JsonNode parent, object key, JsonNode? child)
        => child is null ? [(parent, key)] : Places(child).Prepend((parent, key));

    private static void Set(JsonNode parent, object key, JsonNode value)
    {
        if (parent is JsonArray items) items[(int)key] = value;
        else ((JsonObject)parent)[(string)key] = value;
    }

    private static void Rename(JsonObject fields, string key, Random random)
    {
        var value = fields[key]?.DeepClone();
        fields.Remove(key);
        fields[random.Next(3) switch { 0 => key.ToUpperInvariant(), 1 => $"{key} ", _ => $"\u0000{key}" }] = value;
    }

    private static string Deep(int depth) => $"{new string('[', depth)}{new string(']', depth)}";

    private static string Long(Random random) => new(random.Next(2) == 0 ? 'x' : '\u00e4', random.Next(8) switch { 0 => 300_000, < 3 => 9_000, _ => 129 });

    private static string Text(string text, Random random) => random.Next(7) switch
    {
        0 => text[..random.Next(text.Length)],
        1 => $"\uFEFF{text}",
        2 => text + text,
        3 => $"/* */{text}",
        4 => text.Replace("\":", "\":1,\"type\":", StringComparison.Ordinal),
        5 => text.Replace('"', '\''),
        _ => $"{text},",
    };

    private static byte[] Bytes(byte[] bytes, Random random)
    {
        for (var count = random.Next(1, 4); count > 0 && bytes.Length > 0; count--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }
}
